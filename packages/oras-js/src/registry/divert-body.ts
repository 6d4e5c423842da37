import type { IncomingMessage } from 'node:http';
import { batchMemory } from '../content/batch-pool.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import type { BatchQueue } from './batch-queue.ts';
import type { BlobBatchesOptions } from './blob-batches.ts';
import { brokenOff } from './read-body.ts';
import { socketReaderOf } from './socket-reader.ts';

/** The connection is lost to other requests by it: below this a new one costs more than is gained. */
const MIN_DIVERTED_BYTES = 2 * BATCH_BYTES;
/** Hashed in pieces that stay in the processor's cache, and that a call for each TLS record's 16 KiB would not. */
const HASH_BYTES = 128 * 1024;

/**
 * Reads the rest of a large body from the connection straight into batches, past the HTTP parser.
 * @returns false where that cannot be done, or does not pay: nothing has happened then
 */
export function divertBody(message: IncomingMessage, queue: BatchQueue, { onBytes, buffers }: BlobBatchesOptions): boolean {
  const { headers, socket } = message;
  const reader = socketReaderOf(socket);
  const length = headers['transfer-encoding'] === undefined ? Number(headers['content-length']) : Number.NaN;
  if (reader === undefined || !(length >= MIN_DIVERTED_BYTES) || message.complete) return false;

  let batch = batchMemory(buffers);
  let filled = 0;
  let seen = 0;
  let left = length;
  const flush = (): void => {
    onBytes(batch.subarray(seen, filled));
    if (filled > 0) queue.push([batch.subarray(0, filled)]);
    filled = 0;
    seen = 0;
    if (left > 0) batch = batchMemory(buffers);
  };
  const accept = (count: number): void => {
    // More than was announced is a next answer, which nobody asked for.
    const taken = Math.min(count, left);
    filled += taken;
    left -= taken;
    if (filled - seen >= HASH_BYTES) {
      onBytes(batch.subarray(seen, filled));
      seen = filled;
    }
    if (filled === BATCH_BYTES || left === 0) flush();
    if (left === 0) queue.end();
  };
  const copy = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.byteLength && left > 0; ) {
      const piece = bytes.subarray(at, at + BATCH_BYTES - filled);
      batch.set(piece, filled);
      at += piece.byteLength;
      accept(piece.byteLength);
    }
  };
  const guarded = (work: () => void): void => {
    if (queue.ended) return;
    try {
      work();
    } catch (error) {
      queue.end(error);
      message.destroy();
    }
  };
  const broken = (error: Error = brokenOff()): void => {
    if (queue.ended) return;
    guarded(flush);
    queue.end(error);
  };

  reader.divert({
    // The memory of what was handed on belongs to others.
    space: () => (left > 0 && !queue.ended ? batch.subarray(filled) : undefined),
    filled: (count, elsewhere) => guarded(() => (elsewhere ? copy(elsewhere.subarray(0, count)) : accept(count))),
  });
  message.once('error', broken).once('close', () => broken());
  // What the parser had handed on before.
  guarded(() => {
    for (let chunk: Buffer | null = message.read(); chunk !== null; chunk = message.read()) copy(chunk);
  });
  socket.resume();
  return true;
}
