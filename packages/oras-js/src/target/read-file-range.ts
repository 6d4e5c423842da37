import type { FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../abort.ts';
import { type BatchPool, batchMemory } from '../content/batch-pool.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import type { Content, OperationOptions } from './target.ts';

/**
 * The bytes of `file` from `start` to before `end`, in batches of 1 MiB.
 * One batch is read ahead, so that the disk works while the last one is hashed and sent. Ends early where the file does.
 * @throws ABORTED; errors of the file system (EIO, EBADF, …) as they are: they are about the machine and not about the content, and
 * whoever opened the file knows its name
 */
export async function* readFileRange(
  file: FileHandle,
  range: { readonly start: number; readonly end: number },
  { signal, buffers }: OperationOptions & { readonly buffers?: BatchPool | undefined } = {},
): Content {
  let at = range.start;
  const readNext = (): Promise<Uint8Array> => {
    const length = Math.min(BATCH_BYTES, range.end - at);
    const position = at;
    at += length;
    const reading = readFully(file, batchMemory(buffers).subarray(0, length), position);
    // It may fail while the last batch is still being used: it is thrown when its turn comes.
    reading.catch(() => undefined);
    return reading;
  };
  let next = at < range.end ? readNext() : undefined;
  try {
    while (next !== undefined) {
      const batch = await next;
      throwIfAborted(signal);
      next = at < range.end ? readNext() : undefined;
      if (batch.byteLength > 0) yield [batch];
    }
  } finally {
    // The caller closes the file next: nothing may be reading it then.
    await next?.catch(() => undefined);
  }
}

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, filled, buffer.byteLength - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
