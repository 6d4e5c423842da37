import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { BATCH_BYTES, type Content, type Digest, MediaType, type OperationOptions, parseDigest } from 'oras-js';
import type { StoredLayer } from './stored-layer.ts';

/** zlib's own default, and gzip's: what docker push uses, too. */
const LEVEL = 6;
/** RFC 1952: no name, no time (0), no hint (0), and 255 for an unknown system, where zlib would write which one compressed. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * Compresses a layer into `file`. The same bytes give the same bytes with the same Node.js on the same kind of processor: the header
 * is ours, but zlib's matches are not the same in each of its versions, nor on x64 and arm64.
 * @returns what was read, too, for the caller to compare
 */
export async function compressLayer(
  content: Content,
  file: FileHandle,
  { signal, onBytes }: OperationOptions & { readonly onBytes?: ((bytes: number) => void) | undefined } = {},
): Promise<StoredLayer & { readonly diffId: Digest }> {
  const plain = createHash('sha256');
  const compressed = createHash('sha256');
  let checksum = 0;
  let plainBytes = 0;
  let size = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    compressed.update(bytes);
    size += bytes.byteLength;
    await file.appendFile(bytes);
  };
  async function* counted(): AsyncIterable<Uint8Array> {
    for await (const batch of content) {
      for (const chunk of batch) {
        plain.update(chunk);
        checksum = crc32(chunk, checksum);
        plainBytes += chunk.byteLength;
        yield chunk;
        onBytes?.(chunk.byteLength);
      }
    }
  }
  await write(GZIP_HEADER);
  await pipeline(
    Readable.from(counted()),
    createDeflateRaw({ level: LEVEL, chunkSize: BATCH_BYTES }),
    async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) await write(chunk);
    },
    signal === undefined ? {} : { signal },
  );
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(plainBytes % 2 ** 32, 4);
  await write(trailer);
  return {
    mediaType: MediaType.ociLayerGzip,
    digest: parseDigest(`sha256:${compressed.digest('hex')}`),
    size,
    diffId: parseDigest(`sha256:${plain.digest('hex')}`),
  };
}
