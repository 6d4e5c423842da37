import type { Digest } from 'oras-js';
import type { BlobStore } from './blob-store.ts';

/** For tests and small content: nothing is ever given back. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<Digest, Uint8Array>();
  return {
    async size(digest) {
      return blobs.get(digest)?.byteLength;
    },
    async *read(digest, { start, end }) {
      const bytes = blobs.get(digest)?.subarray(start, end);
      if (bytes && bytes.byteLength > 0) yield [bytes];
    },
    async create() {
      const written = new Map<number, Uint8Array[]>();
      const inOrder = () => [...written].sort(([a], [b]) => a - b).flatMap(([, batch]) => batch);
      return {
        async write(batch, position) {
          written.set(position, batch);
        },
        async *read() {
          yield inOrder();
        },
        async finish(digest) {
          blobs.set(digest, Buffer.concat(inOrder()));
        },
        async discard() {
          written.clear();
        },
      };
    },
  };
}
