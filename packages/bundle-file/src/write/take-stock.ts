import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import pLimit from 'p-limit';
import { type HashJob, hashSections } from '../hash/hash-sections.ts';
import type { PartialFile } from './partial-file.ts';
import type { PlannedBlob } from './planned-blob.ts';
import { decodeProgressRecord } from './progress-record.ts';

const READS_IN_FLIGHT = 8;

export interface TakeStockOptions extends OperationOptions {
  /** Called once, before the first byte is rehashed, with how many there are; not at all where there are none. */
  readonly onRehashing?: ((totalBytes: number) => void) | undefined;
  /** Called with the bytes rehashed since the last call. */
  readonly onRehashed?: ((bytes: number) => void) | undefined;
}

/**
 * Finds out what an earlier run left. Its headers are claims: after a power loss a header can be on the disk and the
 * content before it not, so all that claims to be complete is hashed again.
 */
export async function takeStock(file: PartialFile, blobs: Iterable<PlannedBlob>, options: TakeStockOptions): Promise<void> {
  const claimed: PlannedBlob[] = [];
  await pLimit(READS_IN_FLIGHT).map(blobs, async (blob) => {
    throwIfAborted(options.signal);
    const slots = await Promise.all(blob.places.map((place) => file.readSlot(place)));
    if (slots.every((slot, index) => slot.equals(file.header(blob.places[index] ?? blob.places[0])))) claimed.push(blob);
    else blob.writtenBytes = decodeProgressRecord(slots[0] ?? Buffer.alloc(0), blob.size);
  });
  const jobs = new Map<HashJob, PlannedBlob>();
  for (const blob of claimed) {
    blob.complete = true;
    blob.writtenBytes = blob.size;
    for (const place of blob.places) jobs.set(jobFor(file, blob, place.dataOffset), blob);
  }
  const totalBytes = [...jobs.keys()].reduce((sum, { size }) => sum + size, 0);
  if (totalBytes > 0) options.onRehashing?.(totalBytes);
  await hashSections([...jobs.keys()], {
    signal: options.signal,
    onBytes: options.onRehashed,
    onHashed: (job, actual) => {
      const blob = jobs.get(job);
      if (blob === undefined) throw new AirgapError('INTERNAL', 'a hash that nobody asked for');
      if (actual !== blob.digest) blob.complete = false;
    },
  });
  for (const blob of claimed.filter(({ complete }) => !complete)) {
    blob.writtenBytes = 0;
    await Promise.all(blob.places.map((place) => file.writeProgress(place, 0)));
  }
}

function jobFor(file: PartialFile, blob: PlannedBlob, offset: number): HashJob {
  const section = { handle: file.handle, offset, size: blob.size, path: file.path, async [Symbol.asyncDispose]() {} };
  return { digest: blob.digest, size: blob.size, open: async () => section };
}
