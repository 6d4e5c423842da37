import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../abort.ts';
import { ContentVerifier, verifyContent } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex, isDigest } from '../content/digest.ts';
import { MAX_MANIFEST_BYTES } from '../content/limits.ts';
import { isManifestType } from '../content/media-types.ts';
import { OrasError } from '../error.ts';
import { LayoutIndex } from './layout-index.ts';
import { notFound } from './not-found.ts';
import { readFileRange } from './read-file-range.ts';
import { ignoreAbsent, READ_FLAGS, readSmallFile } from './read-small-file.ts';
import { sniffManifestType } from './sniff-manifest-type.ts';
import type { Content, FetchOptions, OpenContent, OperationOptions, TagLister, Target } from './target.ts';
import { syncFolder, writeBeside } from './write-beside.ts';

const LAYOUT_FILE = 'oci-layout';
const LAYOUT_VERSION = '1.0.0';
/** Unfinished files; oras-go's name for it. */
const INGEST = 'ingest';

export interface OpenLayoutOptions extends OperationOptions {
  readonly create?: boolean | undefined;
}

/**
 * A folder in OCI's image layout. A tag is any text: it becomes `org.opencontainers.image.ref.name` in index.json.
 * Several may push and tag at once through one OciLayout; two processes that tag in one folder may lose a tag.
 * Source: OCI image-spec v1.1.1, image-layout.md.
 */
export class OciLayout implements Target, TagLister {
  readonly path: string;
  readonly #index: LayoutIndex;

  private constructor(path: string) {
    this.path = path;
    this.#index = new LayoutIndex(path, join(path, INGEST));
  }

  /**
   * @param options.create makes the folder a layout where it is none
   * @throws INVALID_LAYOUT, ABORTED; errors of the file system as they are
   */
  static async open(path: string, { create = false, signal }: OpenLayoutOptions = {}): Promise<OciLayout> {
    throwIfAborted(signal);
    const layout = new OciLayout(path);
    if (!(await layout.#isLayout())) {
      if (!create) throw new OrasError('INVALID_LAYOUT', `${path} is not an OCI image layout: it has no file ${LAYOUT_FILE}`);
      throwIfAborted(signal);
      await mkdir(join(path, 'blobs', 'sha256'), { recursive: true });
      await mkdir(join(path, INGEST), { recursive: true });
      await layout.#index.createIfAbsent();
      await writeBeside(join(path, INGEST), async (file) => {
        await file.write(JSON.stringify({ imageLayoutVersion: LAYOUT_VERSION }));
        return join(path, LAYOUT_FILE);
      });
    }
    return layout;
  }

  async *fetch(descriptor: Descriptor, { resume, signal }: FetchOptions = {}): Content {
    throwIfAborted(signal);
    await using file = await this.#openBlob(descriptor.digest);
    const { size } = await file.stat();
    // One byte more than named is read, so that trailing bytes are noticed.
    const range = { start: resume?.offset ?? 0, end: Math.min(size, descriptor.size + 1) };
    yield* verifyContent(descriptor, readFileRange(file, range, { signal }), { where: this.path, resume });
  }

  async exists(descriptor: Descriptor, { signal }: OperationOptions = {}): Promise<boolean> {
    throwIfAborted(signal);
    const found = await lstat(this.#blobPath(descriptor.digest)).catch(ignoreAbsent);
    return found?.isFile() === true && found.size === descriptor.size;
  }

  async resolve(reference: string, { signal }: OperationOptions = {}): Promise<Descriptor> {
    throwIfAborted(signal);
    const listed = await this.#index.find(reference);
    if (listed) return listed;
    if (!isDigest(reference)) throw notFound(this.path, reference);
    // A manifest below an index, or one without a tag, is not listed: its bytes say what it is.
    const bytes = await readSmallFile(this.#blobPath(reference), MAX_MANIFEST_BYTES);
    const mediaType = bytes && sniffManifestType(bytes);
    if (!bytes || !mediaType) throw notFound(this.path, reference);
    return { mediaType, digest: reference, size: bytes.byteLength };
  }

  async push(descriptor: Descriptor, openContent: OpenContent, options: OperationOptions = {}): Promise<void> {
    if (await this.exists(descriptor, options)) return;
    const path = this.#blobPath(descriptor.digest);
    const ingest = join(this.path, INGEST);
    await mkdir(ingest, { recursive: true });
    await mkdir(join(path, '..'), { recursive: true });
    await writeBeside(ingest, async (file) => {
      const verifier = new ContentVerifier(descriptor, this.path);
      for await (const batch of openContent({ signal: options.signal })) {
        throwIfAborted(options.signal);
        for (const chunk of batch) verifier.update(chunk);
        await writeFully(file, batch);
      }
      verifier.finish();
      return path;
    });
  }

  async tag(descriptor: Descriptor, tag: string, options: OperationOptions = {}): Promise<void> {
    if (!isManifestType(descriptor.mediaType)) {
      throw new OrasError('INVALID_DESCRIPTOR', `${this.path}: only a manifest can have a tag, not a ${descriptor.mediaType}`, {
        remedy: 'Tag the manifest or the index that names this content.',
      });
    }
    if (!(await this.exists(descriptor, options))) throw notFound(this.path, descriptor.digest);
    await syncFolder(join(this.#blobPath(descriptor.digest), '..'));
    await this.#index.add(descriptor, tag);
  }

  async *tags({ signal }: OperationOptions = {}): AsyncIterable<string> {
    throwIfAborted(signal);
    yield* await this.#index.tags();
  }

  async #isLayout(): Promise<boolean> {
    const text = await readSmallFile(join(this.path, LAYOUT_FILE), MAX_MANIFEST_BYTES);
    if (!text) return false;
    let version: unknown;
    try {
      version = JSON.parse(Buffer.from(text).toString('utf8'))?.imageLayoutVersion;
    } catch (cause) {
      throw new OrasError('INVALID_LAYOUT', `${this.path}: ${LAYOUT_FILE} is not JSON`, { cause });
    }
    if (version !== LAYOUT_VERSION)
      throw new OrasError('INVALID_LAYOUT', `${this.path}: not of layout version ${LAYOUT_VERSION}`);
    return true;
  }

  #blobPath(digest: Digest): string {
    return join(this.path, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }

  async #openBlob(digest: Digest): Promise<FileHandle> {
    const file = await open(this.#blobPath(digest), READ_FLAGS).catch(ignoreAbsent);
    if (file && (await file.stat()).isFile()) return file;
    await file?.close();
    throw notFound(this.path, digest);
  }
}

async function writeFully(file: FileHandle, batch: Uint8Array[]): Promise<void> {
  const total = batch.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const { bytesWritten } = await file.writev(batch);
  if (bytesWritten === total) return;
  // A short write says that the disk is full: the next one fails with the reason.
  await file.write(Buffer.concat(batch).subarray(bytesWritten));
}
