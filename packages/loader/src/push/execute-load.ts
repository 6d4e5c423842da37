import { conflictError } from './conflict-error.ts';
import type { LoadPlan } from './plan-load.ts';
import { pushBlobs, refreshBlobs, type TransferCount } from './push-blobs.ts';
import { pushManifests } from './push-manifests.ts';
import { type LoadedReference, type TagContext, tagArtifacts } from './tag-artifacts.ts';

export interface LoadResult extends Readonly<TransferCount> {
  readonly references: readonly LoadedReference[];
  /** Blobs that were at the destination, wherever they had to be, before anything was pushed. */
  readonly skippedBlobs: number;
}

/**
 * Carries out a plan: all blobs, then all manifests by digest, then the tags; each step only when the one before it is
 * complete. Interrupted anywhere, it can be planned and carried out again.
 * @throws CONFLICT before anything is pushed; otherwise the first failure, after all transfers have ended
 */
export async function executeLoad(plan: LoadPlan, context: TagContext): Promise<LoadResult> {
  const conflict = conflictError(plan.references, 'before');
  if (conflict !== undefined) throw conflict;
  const skippedBlobs = plan.placements.filter(({ needed, seenAtMs }) => needed.every((name) => seenAtMs.has(name))).length;
  const count: TransferCount = { uploadedBlobs: 0, uploadedBytes: 0, mountedBlobs: 0 };
  await pushBlobs(plan.placements, count, context);
  await refreshBlobs(plan.placements, count, context);
  const wanted = plan.references.filter(({ action }) => action !== 'skip').map(({ retagged }) => retagged);
  await pushManifests(wanted, count, context);
  const references = await tagArtifacts(plan, count, context);
  return { ...count, references, skippedBlobs };
}
