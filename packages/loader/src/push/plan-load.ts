import type { Destination } from '@zenml-airgap/bundle-spec';
import type { ReceiptLookup } from '../confirm/read-receipts.ts';
import { retag } from '../retag/retag.ts';
import { decide, type OnConflict, type PlannedReference } from './decide.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import { observeReference } from './observe-reference.ts';
import { observePlacements, type Placement, placementsOf } from './placement.ts';

export interface PlanLoadOptions {
  readonly onConflict: OnConflict;
  /** Asked only about what a policy hides. */
  readonly receipts: ReceiptLookup;
}

/** What a load would do; nothing has been written. */
export interface LoadPlan extends PlanLoadOptions {
  readonly destination: Destination;
  /** In the bundle's order. */
  readonly references: readonly PlannedReference[];
  /** Of all that is not skipped, biggest first. */
  readonly placements: readonly Placement[];
}

/** Asks the destination for every reference, then for every blob; only reads. */
export async function planLoad(destination: Destination, options: PlanLoadOptions, context: LoadContext): Promise<LoadPlan> {
  const retagged = retag(context.source.manifest.artifacts, destination);
  const found = new Map<string, PlannedReference>();
  await inParallel(
    retagged,
    async (one, signal) => {
      const state = await observeReference(context.repositoryOf(one.repository), one, { receipts: options.receipts, signal });
      found.set(one.reference, decide(one, state, options.onConflict));
    },
    context,
  );
  const references = retagged.flatMap(({ reference }) => found.get(reference) ?? []);
  // What is right already is looked at too: a load also repairs a registry that lost a layer.
  const wanted = references.filter(({ action }) => action !== 'skip').map((reference) => reference.retagged);
  const placements = placementsOf(context.graph.requiredBy(wanted));
  await observePlacements(placements, context);
  return { ...options, destination, references, placements };
}
