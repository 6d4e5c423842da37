import { resolve } from 'node:path';
import { formatBytes, type Progress, registryNotes } from '@zenml-airgap/terminal';
import { assertReceiptFolder, ReceiptFile } from '../confirm/receipt-file.ts';
import { receiptFolder, receiptName } from '../confirm/receipt-path.ts';
import { shellQuote } from '../deploy/shell-quote.ts';
import { conflictError } from '../push/conflict-error.ts';
import { executeLoad, type LoadResult } from '../push/execute-load.ts';
import { estimateTransfer } from '../push/placement.ts';
import { counted } from './counted.ts';
import type { PlanOptions, RunContext } from './define-program.ts';
import { type PreparedLoad, prepareLoad } from './prepare-load.ts';
import { VERSION } from './version.ts';

/** Loads a bundle, from its signature to the receipt. */
export async function runLoad(path: string, options: PlanOptions, run: RunContext): Promise<void> {
  const { terminal } = run;
  let progress: Progress | undefined;
  // Before anything is asked of the registry.
  if (options.receipt !== undefined) await assertReceiptFolder(options.receipt);
  await using prepared = await prepareLoad(
    path,
    options,
    {
      onEvent: (event) => {
        if (event.type === 'bytes') progress?.add(event.bytes);
      },
      onRegistryEvent: registryNotes(terminal),
    },
    run,
  );
  // Before the receipt is begun: a load that cannot be done leaves none.
  const conflict = conflictError(prepared.plan.references, 'before');
  if (conflict !== undefined) throw conflict;
  await using receipt = await ReceiptFile.open(options.receipt ?? defaultReceipt(prepared, run), {
    // Our own place is made; a path that was named may have a slip in it.
    makeFolders: options.receipt === undefined,
    signal: run.signal,
  });
  run.ifInterrupted(`Run the same command again; the receipt ${resolve(receipt.path)} lists what was moved.`);
  await receipt.append(startEntry(prepared, run));
  const { uploadBytes } = estimateTransfer(prepared.plan.placements);
  if (uploadBytes > 0) progress = terminal.progress({ label: 'push', totalBytes: uploadBytes });
  let result: LoadResult;
  try {
    result = await executeLoad(prepared.plan, { ...prepared.context, receipt, now });
  } finally {
    progress?.done();
  }
  const { uploadedBytes, uploadedBlobs, mountedBlobs, skippedBlobs } = result;
  const end = { event: 'end', time: now(), uploadedBytes, uploadedBlobs, mountedBlobs, skippedBlobs } as const;
  try {
    await receipt.append(end);
  } finally {
    // Also where the receipt's last line cannot be written: everything is there.
    showResult(path, options, result, resolve(receipt.path), run);
  }
}

/** UTC, to the second. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

function defaultReceipt({ reader }: PreparedLoad, { environment }: RunContext): string {
  return `${receiptFolder(environment)}/${receiptName(now(), reader.manifestDigest, environment.processId)}`;
}

function startEntry({ reader, plan }: PreparedLoad, { environment }: RunContext) {
  return {
    event: 'start',
    receiptVersion: 1,
    time: now(),
    operator: environment.operator,
    tool: `zenml-loader ${VERSION}`,
    bundle: { digest: reader.manifestDigest, created: reader.manifest.created, signedBy: reader.signedBy },
    destination: plan.destination,
  } as const;
}

function showResult(
  path: string,
  options: PlanOptions,
  result: LoadResult,
  receipt: string,
  { environment, terminal }: RunContext,
): void {
  for (const { planned, outcome, policy } of result.references) {
    const { reference, artifact } = planned.retagged;
    terminal.record({
      event: 'loaded',
      reference,
      kind: artifact.kind,
      source: artifact.source,
      digest: artifact.root.digest,
      outcome,
      ...(policy === undefined ? {} : { policy }),
    });
  }
  terminal.table(
    [{ title: 'REFERENCE' }, { title: 'DIGEST' }, { title: 'OUTCOME' }],
    result.references.map(({ planned, outcome, policy }) => [
      planned.retagged.reference,
      planned.retagged.artifact.root.digest,
      outcome === 'withheld' ? `stored, withheld by policy: ${policy ?? ''}` : outcome,
    ]),
  );
  const { uploadedBlobs, uploadedBytes, mountedBlobs, skippedBlobs } = result;
  terminal.record({ event: 'end', uploadedBlobs, uploadedBytes, mountedBlobs, skippedBlobs, receipt });
  terminal.result(
    [
      '',
      `uploaded  ${counted(uploadedBlobs, 'blob')}, ${formatBytes(uploadedBytes)}; mounted ${mountedBlobs}; there already ${skippedBlobs}`,
      `receipt   ${receipt}`,
      `next      ${environment.program} values ${shellQuote(path)}${flags(options)} -o deploy`,
    ].join('\n'),
  );
}

/** What `values` has to be given so that it speaks of the same bundle and the same place. */
function flags({ key, insecureAllowUnsigned, to, chartsTo, caFile, plainHttp, username }: PlanOptions): string {
  return [
    ...key.map((file) => ` --key ${shellQuote(file)}`),
    insecureAllowUnsigned === true ? ' --insecure-allow-unsigned' : '',
    to === undefined ? '' : ` --to ${shellQuote(to)}`,
    chartsTo === undefined ? '' : ` --charts-to ${shellQuote(chartsTo)}`,
    caFile === undefined ? '' : ` --ca-file ${shellQuote(caFile)}`,
    plainHttp === true ? ' --plain-http' : '',
    username === undefined ? '' : ` --username ${shellQuote(username)}`,
  ].join('');
}
