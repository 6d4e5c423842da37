import { type FileHandle, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Digest,
  digestAlgorithm,
  digestHex,
  digestOf,
  fetchBytes,
  isDigest,
  OciLayout,
  type OperationOptions,
  OrasError,
  throwIfAborted,
  writeBeside,
} from 'oras-js';
import { outOfSpace } from './assert-free-space.ts';
import type { StoredLayer } from './stored-layer.ts';

const LAYERS = 'layers';
/** Where OciLayout keeps its own unfinished files. */
const INGEST = 'ingest';

/**
 * Layers that were prepared, in an OCI layout: `layers/<diffID>` says which blob a layer became. Every file is written beside,
 * synced and renamed, and nothing is ever changed in place: several may use one cache at once.
 */
export class PreparedCache {
  /** Holds the blobs; images are found by digest. */
  readonly layout: OciLayout;

  private constructor(layout: OciLayout) {
    this.layout = layout;
  }

  static async open(folder: string, options: OperationOptions = {}): Promise<PreparedCache> {
    await mkdir(join(folder, LAYERS), { recursive: true });
    const layout = await OciLayout.open(folder, { ...options, create: true });
    await mkdir(join(folder, INGEST), { recursive: true });
    return new PreparedCache(layout);
  }

  get ingest(): string {
    return join(this.layout.path, INGEST);
  }

  /** The layer, if it lies here whole: all of it is read and hashed. What is damaged counts as absent. */
  async find(diffId: Digest, options: OperationOptions = {}): Promise<StoredLayer | undefined> {
    const layer = parseRecord(await readFile(this.#record(diffId)).catch(() => undefined));
    return layer !== undefined && (await this.#isWhole(layer, options)) ? layer : undefined;
  }

  /**
   * Stores what `write` lays into the file that it is given, under the digest that it returns; an old blob is replaced.
   * @throws DISK_FULL, ABORTED and what `write` throws; nothing is left behind then
   */
  async store<Stored extends StoredLayer>(
    write: (file: FileHandle) => Promise<Stored>,
    { signal }: OperationOptions = {},
  ): Promise<Stored> {
    throwIfAborted(signal);
    try {
      let stored: Stored | undefined;
      await writeBeside(this.ingest, async (file) => {
        stored = await write(file);
        return this.#blob(stored.digest);
      });
      if (stored === undefined) throw new TypeError('nothing was stored');
      return stored;
    } catch (error) {
      // A pipeline that is aborted says AbortError.
      throwIfAborted(signal);
      throw outOfSpace(error, this.layout.path);
    }
  }

  /** Remembers which blob `diffId` became. */
  async remember(diffId: Digest, { mediaType, digest, size }: StoredLayer): Promise<void> {
    await writeBeside(this.ingest, async (file) => {
      await file.writeFile(JSON.stringify({ mediaType, digest, size }));
      return this.#record(diffId);
    });
  }

  /** A config or a manifest: stored anew unless it lies here whole. */
  async keep(mediaType: string, bytes: Uint8Array, options: OperationOptions = {}): Promise<StoredLayer> {
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
    if (await this.#isWhole(descriptor, options)) return descriptor;
    return this.store(async (file) => {
      await file.writeFile(bytes);
      return descriptor;
    }, options);
  }

  /** A config by the image's ID, where an image with it was prepared before. */
  async config(imageId: Digest, options: OperationOptions = {}): Promise<Buffer | undefined> {
    const found = await stat(this.#blob(imageId)).catch(() => undefined);
    if (found === undefined) return undefined;
    const descriptor = { mediaType: 'application/octet-stream', digest: imageId, size: found.size };
    return fetchBytes(this.layout, descriptor, options).then((bytes) => Buffer.from(bytes), damaged);
  }

  async #isWhole(descriptor: StoredLayer, options: OperationOptions): Promise<boolean> {
    if (!(await this.layout.exists(descriptor, options))) return false;
    try {
      for await (const _ of this.layout.fetch(descriptor, options));
      return true;
    } catch (error) {
      damaged(error);
      return false;
    }
  }

  #record(diffId: Digest): string {
    return join(this.layout.path, LAYERS, `${digestAlgorithm(diffId)}-${digestHex(diffId)}.json`);
  }

  #blob(digest: Digest): string {
    return join(this.layout.path, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }
}

/** What reading a damaged entry throws means that there is none; everything else is thrown on. */
function damaged(error: unknown): undefined {
  const codes: readonly string[] = ['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'NOT_FOUND', 'TOO_LARGE'];
  if (error instanceof OrasError && codes.includes(error.code)) return undefined;
  throw error;
}

function parseRecord(bytes: Buffer | undefined): StoredLayer | undefined {
  try {
    const { mediaType, digest, size } = JSON.parse(bytes?.toString('utf8') ?? '') ?? {};
    const whole = typeof mediaType === 'string' && typeof digest === 'string' && isDigest(digest) && Number.isSafeInteger(size);
    return whole ? { mediaType, digest, size } : undefined;
  } catch {
    return undefined;
  }
}
