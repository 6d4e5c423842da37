import type { IncomingMessage } from 'node:http';
import type { BatchPool } from '../content/batch-pool.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import type { Content } from '../target/target.ts';
import { BatchQueue } from './batch-queue.ts';
import { divertBody } from './divert-body.ts';
import { brokenOff } from './read-body.ts';

export interface BlobBatchesOptions {
  /** Sees all bytes, in pieces of any size, before they are queued; what it throws ends the body. */
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly buffers: BatchPool | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * The body of an answer in batches of at least 1 MiB. This is the byte path (DESIGN §4): a large body is read from the connection
 * into the batches themselves where that can be done; else a chunk meets one `'data'` listener and `onBytes`, nothing else.
 * @throws ABORTED; what Node throws where the connection breaks, after all that has arrived was yielded
 */
export async function* blobBatches(message: IncomingMessage, options: BlobBatchesOptions): Content {
  const queue = new BatchQueue({
    pause() {
      message.pause();
      message.socket.pause();
    },
    resume() {
      message.resume();
      const { socket } = message;
      socket.resume();
      // The pause was ours: the other side's silence counts from here.
      socket.setTimeout(socket.timeout ?? 0);
    },
  });
  if (!divertBody(message, queue, options)) gatherChunks(message, queue, options);
  try {
    yield* queue.drain(options.signal);
  } finally {
    // Of a diverted body the parser has not seen the end: that connection is spent.
    if (!message.complete) message.destroy();
  }
}

function gatherChunks(message: IncomingMessage, queue: BatchQueue, { onBytes }: BlobBatchesOptions): void {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  const flush = (): void => {
    if (gatheredBytes > 0) queue.push(gathered);
    gathered = [];
    gatheredBytes = 0;
  };
  const finish = (error?: unknown): void => {
    if (queue.ended) return;
    flush();
    queue.end(error);
  };
  message.on('data', (chunk: Buffer) => {
    if (queue.ended) return;
    try {
      onBytes(chunk);
    } catch (error) {
      finish(error);
      message.destroy();
      return;
    }
    gathered.push(chunk);
    gatheredBytes += chunk.byteLength;
    if (gatheredBytes >= BATCH_BYTES) flush();
  });
  message.once('end', () => finish(message.complete ? undefined : brokenOff()));
  message.once('error', finish);
  message.once('close', () => finish(message.complete ? undefined : brokenOff()));
}
