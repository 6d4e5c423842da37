import { defaultOutput } from '../default-output.ts';
import { prepareBundle } from '../prepare-bundle.ts';
import { compatibilityOf } from '../resolve/compatibility.ts';
import { summarize } from '../resolve/plan-summary.ts';
import type { BundlerContext } from './bundler-context.ts';
import { compatibilityLines } from './compatibility-lines.ts';
import { openRequest } from './open-request.ts';
import { chartImageTable, planTable, totalLines } from './plan-tables.ts';
import type { RequestOptions } from './request-options.ts';
import { openSession } from './request-session.ts';
import { printWarnings, warningsOf } from './warnings.ts';

export async function runPlan(options: RequestOptions, context: BundlerContext): Promise<void> {
  const { terminal } = context;
  const file = await openRequest(options, context);
  using session = await openSession(file, options, context);
  await session.registries.greet();
  const { lock, resolved, missing, plan } = await prepareBundle(file.request, session.prepare);
  const summary = summarize(plan);
  const { columns, rows } = planTable(summary);
  terminal.table(columns, rows);
  terminal.result('');
  for (const line of totalLines(summary)) terminal.result(line);
  for (const line of compatibilityLines(lock)) terminal.result(line);
  if (lock.chartImages.length > 0) {
    terminal.result('\nImages that the charts name:');
    const images = chartImageTable(lock, missing);
    terminal.table(images.columns, images.rows);
  }
  terminal.record({
    event: 'plan',
    lock: file.lockPath,
    output: defaultOutput(lock),
    created: plan.manifest.created,
    versions: lock.versions,
    artifacts: summary.artifacts.map(({ artifact, ...sizes }) => ({ ...artifact, ...sizes })),
    blobs: summary.blobs,
    blobBytes: summary.blobBytes,
    savedBytes: summary.savedBytes,
    bundleBytes: summary.bundleBytes,
    compatibility: compatibilityOf(lock),
    charts: lock.charts,
    chartImages: lock.chartImages,
    missing,
  });
  if (resolved) terminal.note(`Wrote ${file.lockPath}: build carries exactly this.`);
  printWarnings(warningsOf(lock, file.complete, { helm: session.prepare.helm, summary }), terminal);
}
