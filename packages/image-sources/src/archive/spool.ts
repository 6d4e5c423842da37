import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BATCH_BYTES, type Content, type OperationOptions, throwIfAborted } from 'oras-js';
import { invalidArchive } from '../image-source-error.ts';
import { outOfSpace } from '../prepare/assert-free-space.ts';

/**
 * A stream laid down as a file, so that it can be read at any offset. The file has no name any more when this returns: it goes
 * when it is closed, or when the program is killed.
 * @throws DISK_FULL, ABORTED, and what `chunks` throws
 */
export async function spool(
  chunks: AsyncIterable<Uint8Array>,
  folder: string,
  { signal, onBytes }: OperationOptions & { readonly onBytes?: ((bytes: number) => void) | undefined } = {},
): Promise<FileHandle> {
  throwIfAborted(signal);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}.spool`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    for await (const chunk of chunks) {
      throwIfAborted(signal);
      await file.appendFile(chunk);
      onBytes?.(chunk.byteLength);
    }
    throwIfAborted(signal);
    return file;
  } catch (error) {
    await file.close();
    throwIfAborted(signal);
    throw outOfSpace(error, folder);
  }
}

/** @throws INVALID_ARCHIVE where it is damaged or cut short */
export async function* gunzipContent(content: Content, where: string): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: BATCH_BYTES });
  const feeding = pipeline(Readable.from(chunksOf(content)), gunzip);
  feeding.catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk;
    await feeding;
  } catch (cause) {
    if (isZlibError(cause)) throw invalidArchive(where, 'it is damaged or cut short: gzip does not unpack it', cause);
    throw cause;
  } finally {
    gunzip.destroy();
  }
}

export async function* chunksOf(content: Content): AsyncIterable<Uint8Array> {
  for await (const batch of content) yield* batch;
}

export function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(Z_|ZSTD_)/.test(error.code);
}
