import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AirgapError,
  BLOCK_BYTES,
  BundlePath,
  encodeTarHeader,
  type LayoutEntry,
  MAX_MANIFEST_FILE_BYTES,
  SIGNATURE_BYTES,
} from '@zenml-airgap/bundle-spec';
import type { OperationOptions } from 'oras-js';
import type { BundleHead, BundleShape, BundleStorage } from './bundle-storage.ts';
import { checkTarStructure, unlistedEntries } from './check-tar-structure.ts';
import { readFully } from './read-fully.ts';
import { unlistedIn, unlistedText } from './seam.ts';
import type { Section } from './section.ts';

// Where a ustar header has what is read before the manifest is known. Source: POSIX.1-2017, pax, "ustar Interchange Format".
const SIZE_FIELD = [124, 136] as const;
const MTIME_FIELD = [136, 148] as const;
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0); // a pipe that appears in its place must not hold us
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]); // Source: RFC 1952, 2.3.1
const OCTAL = /^[0-7]{11}\0$/;

/** The tar. One handle for all reads, so that they all see one file, whatever happens to its name meanwhile. */
export class TarStorage implements BundleStorage {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  static async open(path: string): Promise<TarStorage> {
    return new TarStorage(await open(path, READ_FLAGS), path);
  }

  async readHead(): Promise<BundleHead> {
    const header = Buffer.alloc(BLOCK_BYTES);
    const { bytesRead } = await this.#handle.read(header, 0, BLOCK_BYTES, 0);
    const name = header.toString('latin1', 0, BundlePath.manifest.length + 1);
    if (bytesRead < BLOCK_BYTES || name !== `${BundlePath.manifest}\0`) {
      if (bytesRead >= GZIP_MAGIC.length && GZIP_MAGIC.equals(header.subarray(0, GZIP_MAGIC.length))) {
        throw new AirgapError('NOT_A_BUNDLE', `${this.#path} is not a bundle but something that gzip packed`, {
          remedy: 'Unpack it with gunzip, and name the tar that comes of it.',
        });
      }
      throw new AirgapError('NOT_A_BUNDLE', `${this.#path} is not a bundle: it does not begin with ${BundlePath.manifest}`);
    }
    const manifestBytes = numberIn(header, SIZE_FIELD);
    const mtimeSeconds = numberIn(header, MTIME_FIELD);
    if (manifestBytes === undefined || mtimeSeconds === undefined || manifestBytes > MAX_MANIFEST_FILE_BYTES)
      throw this.#strangeHead();
    const signatureOffset = BLOCK_BYTES + Math.ceil(manifestBytes / BLOCK_BYTES) * BLOCK_BYTES;
    // The rest of the header, and the next one, before anything else is believed: a repacked tar is told from a forged one.
    const expected = [
      { offset: 0, header: encodeTarHeader({ path: BundlePath.manifest, size: manifestBytes }, mtimeSeconds) },
      { offset: signatureOffset, header: encodeTarHeader({ path: BundlePath.signature, size: SIGNATURE_BYTES }, mtimeSeconds) },
    ];
    for (const { offset, header: wanted } of expected) {
      if (!(await readFully(this.#handle, offset, BLOCK_BYTES)).equals(wanted)) throw this.#strangeHead();
    }
    return {
      manifestBytes: await readFully(this.#handle, BLOCK_BYTES, manifestBytes),
      signatureEntry: await readFully(this.#handle, signatureOffset + BLOCK_BYTES, SIGNATURE_BYTES),
    };
  }

  async checkStructure(shape: BundleShape, options: OperationOptions): Promise<void> {
    const { size } = await this.#handle.stat();
    const { totalSize } = shape.layout;
    if (size < totalSize) {
      throw new AirgapError('TRUNCATED_BUNDLE', `${this.#path} has ${size} of the bundle's ${totalSize} bytes`);
    }
    // First what lies inside: an entry that was put in is the reason why the tar is longer.
    await checkTarStructure(this.#handle, shape, options);
    if (size === totalSize) return;
    const behind = await readFully(this.#handle, totalSize, Math.min(size - totalSize, BLOCK_BYTES));
    const unlisted = unlistedIn(behind, shape.layout);
    if (unlisted !== undefined) throw unlistedEntries([unlistedText(unlisted, totalSize)]);
    throw new AirgapError('LAYOUT_MISMATCH', `${this.#path} has ${size - totalSize} bytes after the bundle's end`);
  }

  async open(entry: LayoutEntry): Promise<Section> {
    return {
      handle: this.#handle,
      offset: entry.dataOffset,
      size: entry.size,
      path: this.#path,
      async [Symbol.asyncDispose]() {},
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  #strangeHead(): AirgapError {
    return new AirgapError('LAYOUT_MISMATCH', `${this.#path}: its first two headers are not those that zenml-bundler writes`);
  }
}

function numberIn(header: Buffer, [start, end]: readonly [number, number]): number | undefined {
  const text = header.toString('latin1', start, end);
  return OCTAL.test(text) ? Number.parseInt(text, 8) : undefined;
}
