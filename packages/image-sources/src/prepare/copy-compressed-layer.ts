import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { BATCH_BYTES, type Content, type Digest, MediaType, type OperationOptions, parseDigest, throwIfAborted } from 'oras-js';
import { chunksOf } from '../archive/spool.ts';
import type { StoredLayer } from './stored-layer.ts';

const OCI_LAYER_ZSTD = 'application/vnd.oci.image.layer.v1.tar+zstd';

export type Compression = 'gzip' | 'zstd';

/** By the first bytes; a tar begins with a file's name. Source: RFC 1952 §2.3.1, RFC 8878 §3.1.1. */
export function compressionOf(start: Uint8Array): Compression | undefined {
  const magic = Buffer.from(start.subarray(0, 4)).toString('hex');
  if (magic.startsWith('1f8b08')) return 'gzip';
  return magic === '28b52ffd' ? 'zstd' : undefined;
}

/**
 * A layer that is compressed already stays as it is: so its digest survives. It is unpacked only to see what is in it.
 * @param open starts the layer's bytes; they are read twice
 */
export async function copyCompressedLayer(
  open: () => Content,
  file: FileHandle,
  { compression, signal }: OperationOptions & { readonly compression: Compression },
): Promise<StoredLayer & { readonly diffId: Digest }> {
  const plain = createHash('sha256');
  await pipeline(
    Readable.from(chunksOf(open())),
    compression === 'gzip' ? createGunzip({ chunkSize: BATCH_BYTES }) : createZstdDecompress({ chunkSize: BATCH_BYTES }),
    async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) plain.update(chunk);
    },
    signal === undefined ? {} : { signal },
  );
  const stored = createHash('sha256');
  let size = 0;
  for await (const batch of open()) {
    throwIfAborted(signal);
    for (const chunk of batch) {
      stored.update(chunk);
      size += chunk.byteLength;
      await file.appendFile(chunk);
    }
  }
  return {
    mediaType: compression === 'gzip' ? MediaType.ociLayerGzip : OCI_LAYER_ZSTD,
    digest: parseDigest(`sha256:${stored.digest('hex')}`),
    size,
    diffId: parseDigest(`sha256:${plain.digest('hex')}`),
  };
}
