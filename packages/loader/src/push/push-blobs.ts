import { type Content, type Descriptor, type OpenContent, throwIfAborted } from 'oras-js';
import pLimit, { type LimitFunction } from 'p-limit';
import { hostOf, pathOf } from '../destinations/parse-destination.ts';
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
  // Of all placements, so that what waits for one upload holds no other back; only requests are counted.
  const limits: Limits = { uploads: pLimit(context.concurrency), mounts: pLimit(MOUNTS_AT_A_TIME) };
  await inParallel(incomplete, (placement, signal) => place(placement, { count, limits }, { ...context, signal }), {
    concurrency: Number.POSITIVE_INFINITY,
    signal: context.signal,
  });
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

interface Limits {
  readonly uploads: LimitFunction;
  readonly mounts: LimitFunction;
}

interface Transfer {
  readonly count: TransferCount;
  readonly limits: Limits;
}

async function place(placement: Placement, { count, limits }: Transfer, context: LoadContext): Promise<void> {
  const { blob, needed, seenAtMs } = placement;
  const every = { concurrency: Number.POSITIVE_INFINITY, signal: context.signal };
  const upload = (name: string, signal: AbortSignal): Promise<void> =>
    limits.uploads(async () => {
      // It may have waited long.
      throwIfAborted(signal);
      await uploadBlob(blob, name, count, { ...context, signal });
      seenAtMs.set(name, context.nowMs());
    });
  // First of all one repository of each registry: the others mount from it.
  await inParallel(firstOfEachHost(placement), upload, every);
  const missing = needed.filter((name) => !seenAtMs.has(name));
  // Where mounting is refused the rest is uploaded, side by side.
  await inParallel(
    missing,
    async (name, signal) => {
      const isMounted = await limits.mounts(() => mount(placement, name, { ...context, signal }));
      if (!isMounted) return upload(name, signal);
      count.mountedBlobs += 1;
      seenAtMs.set(name, context.nowMs());
    },
    every,
  );
}

/** Repositories that have nowhere to mount from, one of each registry. */
function firstOfEachHost(placement: Placement): string[] {
  const byHost = new Map<string, string>();
  for (const name of placement.needed) {
    const isLeft = !placement.seenAtMs.has(name) && mountSource(placement, name) === undefined;
    if (isLeft && !byHost.has(hostOf(name))) byHost.set(hostOf(name), name);
  }
  return [...byHost.values()];
}

async function mount(placement: Placement, name: string, context: LoadContext): Promise<boolean> {
  const from = mountSource(placement, name);
  if (from === undefined) return false;
  throwIfAborted(context.signal);
  const { blob } = placement;
  const isMounted = await context.repositoryOf(name).mount(blob, pathOf(from), { signal: context.signal });
  if (isMounted) context.onEvent?.({ type: 'mounted', blob, repository: name, from });
  return isMounted;
}

async function uploadBlob(blob: Descriptor, name: string, count: TransferCount, context: LoadContext): Promise<void> {
  await context.repositoryOf(name).push(blob, counted(blob, context), { signal: context.signal });
  countUpload(blob, name, count, context);
}

export function countUpload(blob: Descriptor, name: string, count: TransferCount, context: LoadContext): void {
  count.uploadedBlobs += 1;
  count.uploadedBytes += blob.size;
  context.onEvent?.({ type: 'uploaded', blob, repository: name });
}

/** Opens the bundle's bytes, and reports each of them once, however often a retry opens them again. */
export function counted(blob: Descriptor, { source, onEvent, signal }: LoadContext): OpenContent {
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
