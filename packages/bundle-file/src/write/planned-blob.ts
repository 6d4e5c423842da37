import { blobPath, type LayoutEntry } from '@zenml-airgap/bundle-spec';
import type { Digest } from 'oras-js';
import type { BundlePlan } from '../plan/bundle-plan.ts';

/** A blob on its way into the file. */
export interface PlannedBlob {
  readonly digest: Digest;
  readonly size: number;
  /** The blob's own entry, then the charts' files that are the same bytes. */
  readonly places: readonly [LayoutEntry, ...LayoutEntry[]];
  complete: boolean;
  /** Bytes from the start that were written: known in this run, or claimed by an earlier one. */
  writtenBytes: number;
}

export function plannedBlobs(plan: BundlePlan): Map<Digest, PlannedBlob> {
  const copies = new Map<Digest, LayoutEntry[]>();
  for (const file of plan.manifest.files) {
    const entry = plan.layout.byPath.get(file.path);
    if (plan.files.has(file.path) || entry === undefined) continue;
    copies.set(file.digest, [...(copies.get(file.digest) ?? []), entry]);
  }
  const blobs = new Map<Digest, PlannedBlob>();
  for (const { digest, size } of plan.manifest.blobs) {
    const entry = plan.layout.byPath.get(blobPath(digest));
    if (entry === undefined) continue;
    const places: [LayoutEntry, ...LayoutEntry[]] = [entry, ...(copies.get(digest) ?? [])];
    blobs.set(digest, { digest, size, places, complete: false, writtenBytes: 0 });
  }
  return blobs;
}
