import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AirgapError, BundlePath, type LayoutEntry, MAX_MANIFEST_FILE_BYTES, SIGNATURE_BYTES } from '@zenml-airgap/bundle-spec';
import type { OperationOptions } from 'oras-js';
import type { BundleHead, BundleShape, BundleStorage } from './bundle-storage.ts';
import { checkFolderStructure } from './check-folder-structure.ts';
import { readFully } from './read-fully.ts';
import type { Section } from './section.ts';

// A folder comes from anywhere: no link leads out of it, no pipe holds the reader up.
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A folder that the tar was unpacked into, as some content gateways pass it on: the same files, without headers. */
export class FolderStorage implements BundleStorage {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async readHead(): Promise<BundleHead> {
    return {
      manifestBytes: await this.#readSmall(BundlePath.manifest, MAX_MANIFEST_FILE_BYTES, 'NOT_A_BUNDLE'),
      signatureEntry: await this.#readSmall(BundlePath.signature, SIGNATURE_BYTES, 'SIGNATURE_MISSING'),
    };
  }

  async checkStructure({ layout }: BundleShape, options: OperationOptions): Promise<void> {
    await checkFolderStructure(this.#path, layout, options);
  }

  async open(entry: LayoutEntry): Promise<Section> {
    const path = join(this.#path, entry.path);
    const handle = await openFile(path);
    if (handle === undefined) throw new AirgapError('MISSING_FILE', `${this.#path} lacks the file ${entry.path}`);
    return { handle, offset: 0, size: entry.size, path, [Symbol.asyncDispose]: () => handle.close() };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #readSmall(path: string, maxBytes: number, absent: 'NOT_A_BUNDLE' | 'SIGNATURE_MISSING'): Promise<Buffer> {
    await using handle = await openFile(join(this.#path, path));
    if (handle === undefined) throw new AirgapError(absent, `${this.#path} has no file ${path}`);
    const { size } = await handle.stat();
    if (size > maxBytes) throw new AirgapError('TOO_LARGE', `${join(this.#path, path)} has ${size} bytes, more than ${maxBytes}`);
    return await readFully(handle, 0, size);
  }
}

/** @returns undefined where there is no such file, or something else by its name */
async function openFile(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, READ_FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ELOOP' || error.code === 'ENOTDIR' || error.code === 'ENXIO') return undefined;
    throw error;
  });
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
