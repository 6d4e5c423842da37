import {
  AirgapError,
  type Blob,
  type BundleManifest,
  blobPath,
  layoutOf,
  parseBundleManifest,
  relativeReference,
} from '@zenml-airgap/bundle-spec';
import {
  type Content,
  type Descriptor,
  type Digest,
  digestOf,
  escapeControl,
  type FetchOptions,
  isManifestType,
  type OperationOptions,
  OrasError,
  type ReadOnlyTarget,
  readFileRange,
  throwIfAborted,
  verifyContent as verifyPassing,
} from 'oras-js';
import { claimedSigner, type VerifySignatureOptions, verifySignature } from '../signature/verify-signature.ts';
import type { BundleShape, BundleStorage } from './bundle-storage.ts';
import { checkDerivedFiles } from './check-derived-files.ts';
import { openStorage } from './open-storage.ts';
import { readError } from './read-error.ts';
import type { Section } from './section.ts';
import { type Verified, type VerifyOptions, verifyContent } from './verify-content.ts';

export interface OpenBundleOptions extends OperationOptions, VerifySignatureOptions {}

const MAX_FILE_BYTES = 64 * 1024 * 1024; // far above any chart; a file is read into memory

/**
 * A bundle, a tar or the folder that one was unpacked into, as a Target: references are relative names with tags
 * (`zenml-pro-api:0.13.0`, `charts/zenml:0.93.2`), canonical sources, or digests.
 */
export class BundleReader implements ReadOnlyTarget, AsyncDisposable {
  readonly path: string;
  readonly manifest: BundleManifest;
  /** The exact bytes that are signed. */
  readonly manifestBytes: Uint8Array;
  /** Names the bundle: in receipts, approvals, further signatures. */
  readonly manifestDigest: Digest;
  /** Hint of the trusted key that signed; null where an unsigned or untrusted bundle was allowed. */
  readonly signedBy: string | null;
  /** The key that a signature names which was let pass unchecked, escaped; null where it was checked or nobody signed. */
  readonly claimedSigner: string | null;
  /** Of the tar, in bytes. */
  readonly totalSize: number;
  readonly #storage: BundleStorage;
  readonly #shape: BundleShape;
  readonly #blobs: ReadonlyMap<string, Blob>;
  readonly #roots: ReadonlyMap<string, Descriptor>;

  private constructor(
    path: string,
    storage: BundleStorage,
    opened: { shape: BundleShape; manifestBytes: Uint8Array; signedBy: string | null; claimedSigner: string | null },
  ) {
    const { manifest, layout } = opened.shape;
    this.path = path;
    this.manifest = manifest;
    this.manifestBytes = opened.manifestBytes;
    this.manifestDigest = digestOf(opened.manifestBytes);
    this.signedBy = opened.signedBy;
    this.claimedSigner = opened.claimedSigner;
    this.totalSize = layout.totalSize;
    this.#storage = storage;
    this.#shape = opened.shape;
    this.#blobs = new Map(manifest.blobs.map((blob) => [blob.digest, blob]));
    this.#roots = new Map(
      manifest.artifacts.flatMap((artifact) => [
        [artifact.source, artifact.root],
        [relativeReference(artifact), artifact.root],
      ]),
    );
  }

  /**
   * Checks the signature over the raw bytes, only then parses them, recomputes the layout and compares everything with it
   * but the blobs' content: that is verified where it passes, in `fetch`, or all at once, in `verify`.
   * @throws the codes of verifySignature; NOT_A_BUNDLE, INCOMPLETE_BUNDLE, TRUNCATED_BUNDLE, LAYOUT_MISMATCH, FILE_MISMATCH,
   * MISSING_FILE, UNLISTED_FILE, SIZE_MISMATCH, FILE_ERROR, DIGEST_MISMATCH, INVALID_BUNDLE_MANIFEST, UNSUPPORTED_FORMAT
   */
  static async open(path: string, options: OpenBundleOptions): Promise<BundleReader> {
    throwIfAborted(options.signal);
    await using cleanup = new AsyncDisposableStack();
    const storage = cleanup.use(await openStorage(path));
    try {
      const { manifestBytes, signatureEntry } = await storage.readHead();
      const signedBy = await verifySignature(manifestBytes, signatureEntry, options);
      const claimed = signedBy === null ? await claimedSigner(manifestBytes, signatureEntry) : null;
      const manifest = parseBundleManifest(manifestBytes);
      const shape = { manifest, layout: layoutOf(manifest, manifestBytes.length) };
      await storage.checkStructure(shape, options);
      await checkDerivedFiles(storage, shape, options);
      cleanup.move();
      return new BundleReader(path, storage, { shape, manifestBytes, signedBy, claimedSigner: claimed });
    } catch (error) {
      throw readError(error, path);
    }
  }

  /** @throws NOT_FOUND */
  async resolve(reference: string, options: OperationOptions = {}): Promise<Descriptor> {
    throwIfAborted(options.signal);
    const root = this.#roots.get(reference);
    if (root !== undefined) return root;
    const blob = this.#blobs.get(reference);
    if (blob === undefined || !isManifestType(blob.mediaType)) throw this.#notFound(reference);
    return descriptorOf(blob);
  }

  async exists(descriptor: Descriptor, options: OperationOptions = {}): Promise<boolean> {
    throwIfAborted(options.signal);
    return this.#blobs.get(descriptor.digest)?.size === descriptor.size;
  }

  async *fetch(descriptor: Descriptor, options: FetchOptions = {}): Content {
    throwIfAborted(options.signal);
    await using section = await this.#open(blobPath(descriptor.digest));
    const range = { start: section.offset + (options.resume?.offset ?? 0), end: section.offset + section.size };
    const content = readSection(section, range, options);
    yield* verifyPassing(descriptor, content, { where: this.path, resume: options.resume });
  }

  /** @throws NOT_FOUND */
  blobDescriptor(digest: Digest): Descriptor {
    const blob = this.#blobs.get(digest);
    if (blob === undefined) throw this.#notFound(digest);
    return descriptorOf(blob);
  }

  /**
   * A file that the manifest lists, such as `manifest.txt` or `charts/zenml-0.93.2.tgz`, verified.
   * @throws NOT_FOUND, TOO_LARGE, DIGEST_MISMATCH
   */
  async readFile(path: string, options: OperationOptions = {}): Promise<Uint8Array> {
    const file = this.manifest.files.find((listed) => listed.path === path);
    if (file === undefined) throw this.#notFound(path);
    if (file.size > MAX_FILE_BYTES)
      throw new OrasError('TOO_LARGE', `${this.path}: ${path} has ${file.size} bytes, more than ${MAX_FILE_BYTES}`);
    await using section = await this.#open(path);
    const range = { start: section.offset, end: section.offset + section.size };
    const descriptor = { mediaType: '', digest: file.digest, size: file.size };
    const chunks: Uint8Array[] = [];
    const where = `${this.path}: ${path}`;
    for await (const batch of verifyPassing(descriptor, readSection(section, range, options), { where })) chunks.push(...batch);
    return Buffer.concat(chunks);
  }

  /** Hashes everything that `open` did not compare. @throws DIGEST_MISMATCH with all that was changed */
  verify(options: VerifyOptions = {}): Promise<Verified> {
    return verifyContent(this.#storage, this.#shape, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storage[Symbol.asyncDispose]();
  }

  async #open(path: string): Promise<Section> {
    const entry = this.#shape.layout.byPath.get(path);
    if (entry === undefined) throw this.#notFound(path);
    try {
      return await this.#storage.open(entry);
    } catch (error) {
      throw readError(error, this.path);
    }
  }

  #notFound(what: string): AirgapError {
    return new AirgapError('NOT_FOUND', `${this.path}: ${escapeControl(what)} is not there`);
  }
}

async function* readSection({ handle, path }: Section, range: { start: number; end: number }, options: FetchOptions): Content {
  try {
    yield* readFileRange(handle, range, options);
  } catch (error) {
    throw readError(error, path);
  }
}

function descriptorOf({ mediaType, digest, size }: Blob): Descriptor {
  return { mediaType, digest, size };
}
