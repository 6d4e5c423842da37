import type { BundleReader } from '@zenml-airgap/bundle-file';
import { DEFAULT_CONCURRENCY } from '@zenml-airgap/terminal';
import type { RegistryEvent } from 'oras-js';
import { readReceipts } from '../confirm/read-receipts.ts';
import { receiptFolder } from '../confirm/receipt-path.ts';
import { chooseDestination } from '../destinations/choose-destination.ts';
import { BundleGraph } from '../push/bundle-graph.ts';
import type { LoadContext, LoadEvent } from '../push/load-context.ts';
import { type LoadPlan, planLoad } from '../push/plan-load.ts';
import { connect } from './connect.ts';
import type { PlanOptions, RunContext } from './define-program.ts';
import { openBundle } from './open-bundle.ts';

/** A plan, and what it takes to carry it out; disposing closes the bundle and the connections. */
export interface PreparedLoad extends AsyncDisposable {
  readonly reader: BundleReader;
  readonly plan: LoadPlan;
  readonly context: LoadContext;
}

export interface LoadListeners {
  readonly onEvent: (event: LoadEvent) => void;
  readonly onRegistryEvent: (event: RegistryEvent) => void;
}

/** What `plan` and `load` do first: open the bundle, reach the destination, ask it for everything. */
export async function prepareLoad(
  path: string,
  options: PlanOptions,
  { onEvent, onRegistryEvent }: LoadListeners,
  run: RunContext,
): Promise<PreparedLoad> {
  await using closing = new AsyncDisposableStack();
  const reader = closing.use(await openBundle(path, options, run));
  const destination = chooseDestination(reader.manifest.registries, options);
  // Before anything is asked of the registry: a receipt that was named and is none is told at once.
  const receipts = await readReceipts(
    { files: options.receipt === undefined ? [] : [options.receipt], folders: [receiptFolder(run.environment)] },
    { onSkipped: (note) => run.terminal.note(note), signal: run.signal },
  );
  const connection = closing.use(await connect(options, { destination, onEvent: onRegistryEvent }, run));
  const context: LoadContext = {
    source: reader,
    graph: new BundleGraph(reader.manifest),
    repositoryOf: connection.repositoryOf,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    signal: run.signal,
    onEvent,
    nowMs: () => performance.now(),
  };
  const plan = await planLoad(destination, { onConflict: options.onConflict, receipts }, context);
  const resources = closing.move();
  return { reader, plan, context, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
