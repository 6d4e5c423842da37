import type { Blob, BundleManifest } from '../schemas/bundle-manifest.ts';

/**
 * Whether each blob's `artifacts` are exactly those that its parents claim, or that start there. Where this holds for all
 * blobs and there is no cycle, they are what a walk from each root would find, without one walk for each artifact.
 * Work and memory stay in proportion to the file: a hostile one gains nothing by long lists.
 * @param position index of each digest in `blobs`; `artifacts` of all blobs are in ascending order
 */
export function ownershipContradictions({ artifacts, blobs }: BundleManifest, position: ReadonlyMap<string, number>): string[] {
  const covered = blobs.map((blob) => new Uint8Array(blob.artifacts.length));
  const wrong = new Set<number>();
  const claim = (digest: string, claimed: readonly number[]): void => {
    const index = position.get(digest) ?? -1;
    const listed = blobs[index]?.artifacts ?? [];
    if (claimed.length > listed.length) {
      wrong.add(index);
      return;
    }
    for (const artifact of claimed) {
      const found = indexIn(listed, artifact);
      covered[index]?.fill(1, found, found + 1);
      if (found === -1) wrong.add(index);
    }
  };
  for (const [index, artifact] of artifacts.entries()) {
    for (const root of [artifact.root, ...artifact.referrers]) claim(root.digest, [index]);
  }
  for (const blob of blobs) {
    for (const child of new Set(blob.children)) claim(child, blob.artifacts);
  }
  for (const [index, flags] of covered.entries()) {
    if (flags.includes(0)) wrong.add(index);
  }
  return [...wrong]
    .sort((a, b) => a - b)
    .map((index) => `blobs[${index}].artifacts: not the artifacts whose manifests lead to this blob`);
}

/** Binary search in ascending numbers; -1 where it is not. */
function indexIn(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = ascending[middle] ?? wanted;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Digests that were not verified yet can lead in a circle, and a walk along them would not end. */
export function hasCycle(blobs: readonly Blob[], position: ReadonlyMap<string, number>): boolean {
  const parents = new Uint32Array(blobs.length);
  const childrenOf = (blob: Blob | undefined): number[] => (blob?.children ?? []).flatMap((digest) => position.get(digest) ?? []);
  for (const blob of blobs) {
    for (const child of childrenOf(blob)) parents[child] = (parents[child] ?? 0) + 1;
  }
  const free = [...parents.keys()].filter((index) => parents[index] === 0);
  let removed = 0;
  for (let index = free.pop(); index !== undefined; index = free.pop()) {
    removed += 1;
    for (const child of childrenOf(blobs[index])) {
      const left = (parents[child] ?? 0) - 1;
      parents[child] = left;
      if (left === 0) free.push(child);
    }
  }
  return removed < blobs.length;
}
