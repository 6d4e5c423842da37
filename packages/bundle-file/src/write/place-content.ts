import { createHash, type Hash } from 'node:crypto';
import {
  BatchPool,
  type Content,
  digestAlgorithm,
  digestHex,
  MAX_MANIFEST_BYTES,
  type OpenContent,
  type OperationOptions,
  OrasError,
  readFileRange,
  throwIfAborted,
  verifyContent,
} from 'oras-js';
import { type PartialFile, paddingOf } from './partial-file.ts';
import type { PlannedBlob } from './planned-blob.ts';
import { writeFully } from './write-fully.ts';

const WRITES_IN_FLIGHT = 3; // of one blob; facts/performance.md
const PROGRESS_BYTES = 8 * 1024 * 1024; // how much a kill costs at most, beside the writes in flight

interface PlaceOptions extends OperationOptions {
  /** Memory that is used again for the next batch as soon as one is written. */
  readonly buffers: BatchPool;
}

/**
 * Writes a blob's content to its planned places, in the batches that `open` yields and without copying them. What an
 * earlier run wrote is hashed again and continued; if that does not lead to the digest it is fetched from zero, once.
 *
 * `open` verifies, as `Fetcher.fetch` does, so that content is hashed once. Content as small as a manifest is verified
 * here too, for it often comes from memory, and nobody checks that.
 */
export async function placeContent(
  file: PartialFile,
  blob: PlannedBlob,
  open: OpenContent,
  options: PlaceOptions,
): Promise<void> {
  if (blob.size <= MAX_MANIFEST_BYTES || blob.places.length > 1) blob.writtenBytes = 0;
  const offset = blob.writtenBytes;
  if (offset > 0) {
    try {
      const hash = await hashWritten(file, blob, options);
      if (offset < blob.size) await write(file, blob, open({ ...options, resume: { offset, hash } }), options);
      else if (hash.digest('hex') !== digestHex(blob.digest)) throw wrongContent();
      return await finish(file, blob);
    } catch (error) {
      if (!isWrongContent(error)) throw error;
    }
  }
  const content = open(options);
  await write(
    file,
    blob,
    blob.size <= MAX_MANIFEST_BYTES ? verifyContent({ ...blob, mediaType: '' }, content, { where: 'source' }) : content,
    options,
  );
  await finish(file, blob);
}

async function finish(file: PartialFile, blob: PlannedBlob): Promise<void> {
  await Promise.all(blob.places.map((place) => file.writeHeader(place)));
  blob.complete = true;
}

async function hashWritten(file: PartialFile, blob: PlannedBlob, { signal }: OperationOptions): Promise<Hash> {
  const start = blob.places[0].dataOffset;
  const buffers = new BatchPool();
  const hash = createHash(digestAlgorithm(blob.digest));
  for await (const batch of readFileRange(file.handle, { start, end: start + blob.writtenBytes }, { signal, buffers })) {
    for (const chunk of batch) {
      hash.update(chunk);
      buffers.give(chunk);
    }
  }
  return hash;
}

/** @throws what `content` throws; whatever was written until then is recorded, to be continued */
async function write(
  file: PartialFile,
  blob: PlannedBlob,
  content: Content,
  { signal, buffers: pool }: PlaceOptions,
): Promise<void> {
  const inFlight: { readonly end: number; readonly done: Promise<unknown> }[] = [];
  let offset = blob.writtenBytes;
  let recordAt = offset + 1; // the first record at once: a kill before it would cost all
  const settleFirst = async (): Promise<void> => {
    const first = inFlight[0];
    await first?.done;
    inFlight.shift();
    blob.writtenBytes = first?.end ?? blob.writtenBytes;
  };
  try {
    for await (const batch of content) {
      throwIfAborted(signal);
      const end = offset + batch.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      if (end > blob.size) throw sizeMismatch(blob, 'more');
      const buffers = end === blob.size ? [...batch, paddingOf(blob.size)] : batch;
      const start = offset;
      const done = allSettled(blob.places.map((place) => writeFully(file.handle, buffers, place.dataOffset + start))).finally(
        () => {
          for (const chunk of batch) pool.give(chunk);
        },
      );
      done.catch(() => {}); // reported where it is awaited
      inFlight.push({ end, done });
      offset = end;
      if (inFlight.length >= WRITES_IN_FLIGHT) await settleFirst();
      if (blob.writtenBytes >= recordAt) {
        recordAt = blob.writtenBytes + PROGRESS_BYTES;
        await file.writeProgress(blob.places[0], blob.writtenBytes);
      }
    }
    while (inFlight.length > 0) await settleFirst();
    if (offset !== blob.size) throw sizeMismatch(blob, `only ${offset}`);
  } catch (error) {
    const results = await Promise.allSettled(inFlight.map(({ done }) => done));
    const failed = results.findIndex(({ status }) => status === 'rejected');
    const last = inFlight[(failed === -1 ? results.length : failed) - 1];
    blob.writtenBytes = isWrongContent(error) ? 0 : (last?.end ?? blob.writtenBytes);
    await file.writeProgress(blob.places[0], blob.writtenBytes).catch(() => {}); // the disk may be full: an older record does
    throw error;
  }
}

/** Of one batch. When it rejects nothing reads the batch any more: its memory is given to the next one, and the file is closed. */
async function allSettled(writes: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isWrongContent(error: unknown): boolean {
  return error instanceof OrasError && (error.code === 'DIGEST_MISMATCH' || error.code === 'SIZE_MISMATCH');
}

function wrongContent(): OrasError {
  return new OrasError('DIGEST_MISMATCH', 'what was written before is not the content');
}

function sizeMismatch(blob: PlannedBlob, found: string): OrasError {
  return new OrasError('SIZE_MISMATCH', `the source of ${blob.digest} should yield ${blob.size} bytes and yields ${found}`);
}
