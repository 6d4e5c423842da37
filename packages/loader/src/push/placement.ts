import type { Descriptor } from 'oras-js';
import { hostOf } from '../destinations/parse-destination.ts';
import type { RequiredContent } from './bundle-graph.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';

/** One blob, and the repositories at the destination that must hold it. */
export interface Placement {
  readonly blob: Descriptor;
  readonly needed: readonly string[];
  /** Where it was seen or put, and when (milliseconds of the context's clock). */
  readonly seenAtMs: Map<string, number>;
}

/** Biggest first: the last upload to begin is a short one, so that no connection idles at the end. */
export function placementsOf(required: readonly RequiredContent[]): Placement[] {
  const byDigest = new Map<string, { blob: Descriptor; needed: string[] }>();
  for (const { repository, blobs } of required) {
    for (const blob of blobs) {
      const placement = byDigest.get(blob.digest) ?? { blob, needed: [] };
      placement.needed.push(repository);
      byDigest.set(blob.digest, placement);
    }
  }
  return [...byDigest.values()]
    .sort((a, b) => b.blob.size - a.blob.size)
    .map((placement) => ({ ...placement, seenAtMs: new Map<string, number>() }));
}

/** Asks every repository for every blob that it must hold and has not been seen with. */
export async function observePlacements(placements: readonly Placement[], context: LoadContext): Promise<void> {
  const sites = placements.flatMap((placement) =>
    placement.needed.filter((name) => !placement.seenAtMs.has(name)).map((name) => ({ placement, name })),
  );
  await inParallel(
    sites,
    async ({ placement, name }, signal) => {
      const present = await context.repositoryOf(name).exists(placement.blob, { signal });
      if (present) placement.seenAtMs.set(name, context.nowMs());
    },
    context,
  );
}

/** A repository of the same registry that has the blob: content can be mounted from there. */
export function mountSource(placement: Placement, repository: string): string | undefined {
  const host = hostOf(repository);
  for (const candidate of placement.seenAtMs.keys()) {
    if (candidate !== repository && hostOf(candidate) === host) return candidate;
  }
  return undefined;
}

export interface TransferEstimate {
  readonly uploadBlobs: number;
  readonly uploadBytes: number;
  readonly mountBlobs: number;
  /** Blobs that are everywhere already. */
  readonly presentBlobs: number;
  readonly presentBytes: number;
}

/** What will be sent if no mount is refused: each blob once for each host that has it nowhere. */
export function estimateTransfer(placements: readonly Placement[]): TransferEstimate {
  let [uploadBlobs, uploadBytes, mountBlobs, presentBlobs, presentBytes] = [0, 0, 0, 0, 0];
  for (const { blob, needed, seenAtMs } of placements) {
    const missing = needed.filter((name) => !seenAtMs.has(name));
    const hostsWithIt = new Set([...seenAtMs.keys()].map(hostOf));
    const uploads = new Set(missing.map(hostOf).filter((host) => !hostsWithIt.has(host))).size;
    uploadBlobs += uploads;
    uploadBytes += uploads * blob.size;
    mountBlobs += missing.length - uploads;
    if (missing.length === 0) {
      presentBlobs += 1;
      presentBytes += blob.size;
    }
  }
  return { uploadBlobs, uploadBytes, mountBlobs, presentBlobs, presentBytes };
}
