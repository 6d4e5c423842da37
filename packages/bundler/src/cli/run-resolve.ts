import { lockRequest } from '../prepare-bundle.ts';
import type { BundlerContext } from './bundler-context.ts';
import { compatibilityLines } from './compatibility-lines.ts';
import { openRequest } from './open-request.ts';
import type { RequestOptions } from './request-options.ts';
import { openSession } from './request-session.ts';
import { printWarnings, warningsOf } from './warnings.ts';

export async function runResolve(options: RequestOptions, context: BundlerContext): Promise<void> {
  const { terminal } = context;
  const file = await openRequest(options, context);
  using session = await openSession(file, options, context);
  await session.registries.greet();
  const { lock, resolved } = await lockRequest(file.request, session.prepare);
  terminal.table(
    [{ title: 'ARTIFACT' }, { title: 'DIGEST' }, { title: 'CREATED' }],
    lock.artifacts.map(({ name, tag, root, created }) => [`${name}:${tag}`, root.digest, created ?? 'unknown']),
  );
  for (const line of compatibilityLines(lock)) terminal.result(line);
  terminal.result(
    resolved ? `\nWrote ${file.lockPath}.` : `\n${file.lockPath} fits the request: nothing was resolved again. --update does.`,
  );
  terminal.record({
    event: 'resolved',
    lock: file.lockPath,
    changed: resolved,
    created: lock.created,
    versions: lock.versions,
    artifacts: lock.artifacts,
    charts: lock.charts,
    chartImages: lock.chartImages,
  });
  printWarnings(warningsOf(lock, file.complete, session.prepare), terminal);
}
