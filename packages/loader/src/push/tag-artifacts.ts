import type { ReceiptEntry } from '@zenml-airgap/bundle-spec';
import type { Digest } from 'oras-js';
import { confirmTag } from '../confirm/confirm-tag.ts';
import type { ReceiptFile } from '../confirm/receipt-file.ts';
import { conflictError } from './conflict-error.ts';
import { decide, type PlannedReference } from './decide.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import { observeReference, type ReferenceState } from './observe-reference.ts';
import type { LoadPlan } from './plan-load.ts';
import type { TransferCount } from './push-blobs.ts';
import { pushManifest } from './push-manifest.ts';
import { receiptFailure } from './receipt-failure.ts';

type Tagged = Extract<ReceiptEntry, { event: 'tagged' }>;

export interface LoadedReference {
  readonly planned: PlannedReference;
  readonly outcome: Tagged['outcome'];
  /** Where a policy hides what is there: what the registry said. */
  readonly policy?: string | undefined;
}

export interface TagContext extends LoadContext {
  readonly receipt: Pick<ReceiptFile, 'append'>;
  /** UTC, to the second. */
  readonly now: () => string;
}

/**
 * Tags images, then charts, for what installs comes last. References are asked for once more first: what was free when
 * the load began may be taken by now.
 * @throws CONFLICT before any tag is moved; DISK_FULL, FILE_ERROR of the receipt, with what was moved by then
 */
export async function tagArtifacts(plan: LoadPlan, count: TransferCount, context: TagContext): Promise<LoadedReference[]> {
  const references = await observeAgain(plan, context);
  const late = conflictError(references, 'late');
  if (late !== undefined) throw late;
  const loaded = new Map<PlannedReference, LoadedReference>();
  const kept = references.filter(({ action }) => action === 'keep' || action === 'skip');
  for (const planned of kept) loaded.set(planned, left(planned));
  await context.receipt.append(...kept.map((planned) => entryOf(left(planned), context)));
  const moved: string[] = [];
  for (const kind of ['image', 'chart'] as const) {
    const due = references.filter(
      ({ action, retagged }) => (action === 'tag' || action === 'move') && retagged.artifact.kind === kind,
    );
    try {
      await inParallel(
        due,
        async (planned, signal) => void loaded.set(planned, await tagOne(planned, { count, moved }, { ...context, signal })),
        context,
      );
    } catch (error) {
      throw receiptFailure(error, moved);
    }
  }
  return references.flatMap((planned) => loaded.get(planned) ?? []);
}

/** Nothing to tag: nothing to ask again. */
async function observeAgain(
  { references, receipts, onConflict }: LoadPlan,
  context: TagContext,
): Promise<readonly PlannedReference[]> {
  const due = references.filter(({ action }) => action === 'tag' || action === 'move');
  const again = new Map<PlannedReference, PlannedReference>();
  await inParallel(
    due,
    async (planned, signal) => {
      const repository = context.repositoryOf(planned.retagged.repository);
      const found = await observeReference(repository, planned.retagged, { receipts, signal });
      again.set(planned, decide(planned.retagged, found, onConflict));
    },
    context,
  );
  return references.map((planned) => again.get(planned) ?? planned);
}

interface Tally {
  readonly count: TransferCount;
  /** `REFERENCE@DIGEST` of each tag that moved. */
  readonly moved: string[];
}

async function tagOne(planned: PlannedReference, { count, moved }: Tally, context: TagContext): Promise<LoadedReference> {
  const { retagged, action } = planned;
  const { repository, tag, reference, artifact } = retagged;
  await pushManifest(repository, artifact.root, tag, count, context);
  moved.push(`${reference}@${artifact.root.digest}`);
  const done: LoadedReference = { planned, outcome: action === 'move' ? 'moved' : 'tagged' };
  // On the disk before it is read back: a rerun after a kill must know what this load has put there.
  await context.receipt.append(entryOf(done, context));
  context.onEvent?.({ type: 'tagged', reference, digest: artifact.root.digest });
  const confirmation = await confirmTag(context.repositoryOf(repository), retagged, context.signal);
  if (confirmation.outcome === 'confirmed') return done;
  const withheld: LoadedReference = { planned, outcome: 'withheld', policy: confirmation.policy };
  await context.receipt.append(entryOf(withheld, context));
  return withheld;
}

function left(planned: PlannedReference): LoadedReference {
  const { action, found } = planned;
  const policy = found.state === 'withheld' ? { policy: found.policy } : {};
  if (action === 'skip') return { planned, outcome: 'skipped', ...policy };
  return { planned, outcome: found.state === 'withheld' ? 'withheld' : 'unchanged', ...policy };
}

/** What stays where nothing was done: known, unless a policy hides it. */
function digestThere(found: ReferenceState): Digest | null {
  return found.state === 'different' ? found.digest : null;
}

const MAX_POLICY_CHARS = 1000;

function entryOf({ planned, outcome, policy }: LoadedReference, context: TagContext): Tagged {
  const { artifact, reference } = planned.retagged;
  return {
    event: 'tagged',
    time: context.now(),
    kind: artifact.kind,
    source: artifact.source,
    destination: reference,
    digest: outcome === 'skipped' ? digestThere(planned.found) : artifact.root.digest,
    outcome,
    ...(policy === undefined ? {} : { policy: policy.slice(0, MAX_POLICY_CHARS) }),
  };
}
