import type { IncomingMessage } from 'node:http';
import { throwIfAborted } from '../abort.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import type { Content } from '../target/target.ts';
import { brokenOff } from './read-body.ts';

/** Enough to keep the connection busy while a batch is written; four blobs at once stay below 40 MB. */
const MAX_QUEUED_BYTES = 4 * BATCH_BYTES;

/**
 * The body of an answer in batches of at least 1 MiB. This is the byte path (DESIGN §4): a chunk meets one `'data'` listener and
 * `onChunk`, nothing else; the connection is paused while more than 4 MiB wait.
 * @param onChunk sees every chunk before it is queued; what it throws ends the body
 * @throws ABORTED; what Node throws where the connection breaks, after all that has arrived was yielded
 */
export async function* blobBatches(
  message: IncomingMessage,
  { onChunk, signal }: { readonly onChunk: (chunk: Uint8Array) => void; readonly signal: AbortSignal | undefined },
): Content {
  const queue: Uint8Array[][] = [];
  let queuedBytes = 0;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let ended = false;
  let failure: unknown;
  let wake = (): void => {};

  const flush = (): void => {
    if (gatheredBytes === 0) return;
    queue.push(gathered);
    queuedBytes += gatheredBytes;
    gathered = [];
    gatheredBytes = 0;
  };
  const finish = (error?: unknown): void => {
    if (ended) return;
    ended = true;
    failure = error;
    flush();
    wake();
  };
  message.on('data', (chunk: Buffer) => {
    if (ended) return;
    try {
      onChunk(chunk);
    } catch (error) {
      finish(error);
      message.destroy();
      return;
    }
    gathered.push(chunk);
    gatheredBytes += chunk.byteLength;
    if (gatheredBytes < BATCH_BYTES) return;
    flush();
    if (queuedBytes >= MAX_QUEUED_BYTES) message.pause();
    wake();
  });
  message.once('end', () => finish(message.complete ? undefined : brokenOff()));
  message.once('error', finish);
  message.once('close', () => finish(message.complete ? undefined : brokenOff()));

  try {
    for (;;) {
      throwIfAborted(signal);
      const batch = queue.shift();
      if (batch) {
        for (const chunk of batch) queuedBytes -= chunk.byteLength;
        if (message.isPaused() && queuedBytes < MAX_QUEUED_BYTES / 2) message.resume();
        yield batch;
      } else if (ended) {
        if (failure !== undefined) throw failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    if (!message.complete || !ended) message.destroy();
  }
}
