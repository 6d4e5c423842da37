import type { Content, Descriptor, OpenContent } from 'oras-js';
import { pathOf } from '../destinations/parse-destination.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import { mountSource, observePlacements, type Placement } from './placement.ts';

export interface TransferCount {
  uploadedBlobs: number;
  uploadedBytes: number;
  mountedBlobs: number;
}

/** Registries drop blobs that no manifest names: Quay after an hour, Harbor at its next collection. */
const MAX_UNCHECKED_MS = 30 * 60_000;

/** A mount is one small request; the limit on transfers need not hold it back. */
const MOUNTS_AT_A_TIME = 8;

/** Brings every blob to where it must be: mounted where the registry lets us, else uploaded. */
export async function pushBlobs(placements: readonly Placement[], count: TransferCount, context: LoadContext): Promise<void> {
  const incomplete = placements.filter(({ needed, seenAtMs }) => needed.some((name) => !seenAtMs.has(name)));
  await inParallel(incomplete, (placement, signal) => place(placement, count, { ...context, signal }), context);
}

/** Checks again what was seen too long ago, and sends what has gone. */
export async function refreshBlobs(placements: readonly Placement[], count: TransferCount, context: LoadContext): Promise<void> {
  const oldest = context.nowMs() - MAX_UNCHECKED_MS;
  for (const { seenAtMs } of placements) {
    for (const [name, seenMs] of seenAtMs) if (seenMs < oldest) seenAtMs.delete(name);
  }
  await observePlacements(placements, context);
  await pushBlobs(placements, count, context);
}

async function place(placement: Placement, count: TransferCount, context: LoadContext): Promise<void> {
  const { blob, needed, seenAtMs } = placement;
  const upload = async (name: string): Promise<void> => {
    await uploadBlob(blob, name, count, context);
    seenAtMs.set(name, context.nowMs());
  };
  // First of all one repository of each registry: the others mount from it.
  for (const name of needed) if (!seenAtMs.has(name) && mountSource(placement, name) === undefined) await upload(name);
  const refused: string[] = [];
  const missing = needed.filter((name) => !seenAtMs.has(name));
  await inParallel(
    missing,
    async (name, signal) => {
      if (!(await mount(placement, name, { ...context, signal }))) return void refused.push(name);
      count.mountedBlobs += 1;
      seenAtMs.set(name, context.nowMs());
    },
    { concurrency: MOUNTS_AT_A_TIME, signal: context.signal },
  );
  for (const name of refused) await upload(name);
}

async function mount(placement: Placement, name: string, context: LoadContext): Promise<boolean> {
  const from = mountSource(placement, name);
  if (from === undefined) return false;
  const { blob } = placement;
  const isMounted = await context.repositoryOf(name).mount(blob, pathOf(from), { signal: context.signal });
  if (isMounted) context.onEvent?.({ type: 'mounted', blob, repository: name, from });
  return isMounted;
}

/** @param force also where the repository says that it has the blob */
export async function uploadBlob(
  blob: Descriptor,
  name: string,
  count: TransferCount,
  context: LoadContext & { readonly force?: boolean },
): Promise<void> {
  const { signal, force = false } = context;
  await context.repositoryOf(name).push(blob, counted(blob, context), { signal, force });
  count.uploadedBlobs += 1;
  count.uploadedBytes += blob.size;
  context.onEvent?.({ type: 'uploaded', blob, repository: name });
}

/** Opens the bundle's bytes, and reports each of them once, however often a retry opens them again. */
function counted(blob: Descriptor, { source, onEvent, signal }: LoadContext): OpenContent {
  let reported = 0;
  return async function* (options = {}): Content {
    let position = options.resume?.offset ?? 0;
    for await (const batch of source.fetch(blob, { signal, ...options })) {
      yield batch;
      for (const chunk of batch) position += chunk.length;
      if (position > reported) {
        onEvent?.({ type: 'bytes', bytes: position - reported });
        reported = position;
      }
    }
  };
}
