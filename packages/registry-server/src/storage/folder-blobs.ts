import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestAlgorithm, digestHex, readFileRange } from 'oras-js';
import type { BlobStore, UnfinishedBlob } from './blob-store.ts';

/** `blobs/sha256/<hex>`, as an OCI layout has them; unfinished ones in `uploads/`, which is emptied: nobody can continue them. */
export async function folderBlobs(folder: string): Promise<BlobStore> {
  const uploads = join(folder, 'uploads');
  await rm(uploads, { recursive: true, force: true });
  await mkdir(uploads, { recursive: true });
  const pathOf = (digest: Digest) => join(folder, 'blobs', digestAlgorithm(digest), digestHex(digest));
  return {
    async size(digest) {
      const found = await stat(pathOf(digest)).catch(ignoreAbsent);
      return found?.size;
    },
    async *read(digest, range, options) {
      await using file = await open(pathOf(digest), 'r');
      yield* readFileRange(file, range, options);
    },
    async create() {
      const path = join(uploads, randomUUID());
      return new UnfinishedFile(path, await open(path, 'wx+'), pathOf);
    },
  };
}

class UnfinishedFile implements UnfinishedBlob {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #pathOf: (digest: Digest) => string;

  constructor(path: string, file: FileHandle, pathOf: (digest: Digest) => string) {
    this.#path = path;
    this.#file = file;
    this.#pathOf = pathOf;
  }

  async write(batch: Uint8Array[], position: number): Promise<void> {
    const { bytesWritten } = await this.#file.writev(batch, position);
    const total = batch.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    // A short write says that the disk is full: the next one fails with the reason.
    const rest = Buffer.concat(bytesWritten < total ? batch : []).subarray(bytesWritten);
    for (let at = 0; at < rest.byteLength; ) {
      at += (await this.#file.write(rest, at, rest.byteLength - at, position + bytesWritten + at)).bytesWritten;
    }
  }

  async *read() {
    const { size } = await this.#file.stat();
    yield* readFileRange(this.#file, { start: 0, end: size });
  }

  async finish(digest: Digest): Promise<void> {
    const path = this.#pathOf(digest);
    await this.#file.close();
    await mkdir(dirname(path), { recursive: true });
    await rename(this.#path, path);
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }
}

export function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
