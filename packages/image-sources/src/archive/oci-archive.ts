import {
  type Content,
  type Descriptor,
  type Digest,
  digestAlgorithm,
  digestHex,
  escapeControl,
  type FetchOptions,
  type ImageIndex,
  isDigest,
  MAX_MANIFEST_BYTES,
  MediaType,
  type OperationOptions,
  parseManifest,
  type ReadOnlyTarget,
  sniffManifestType,
  type TagLister,
  throwIfAborted,
  verifyContent,
} from 'oras-js';
import { ImageSourceError, invalidArchive } from '../image-source-error.ts';
import { type ArchivedFile, ArchiveFile, type OpenArchiveOptions } from './archive-file.ts';

/** Source: OCI image-spec v1.1.1, annotations.md. */
const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * The tar of an OCI image layout, read in place; what skopeo calls oci-archive, podman too.
 * Its content is verified as it streams.
 */
export class OciArchive implements ReadOnlyTarget, TagLister, AsyncDisposable {
  readonly #archive: ArchiveFile;
  readonly #index: ImageIndex;

  private constructor(archive: ArchiveFile, index: ImageIndex) {
    this.#archive = archive;
    this.#index = index;
  }

  /** @throws NOT_FOUND, INVALID_ARCHIVE, TOO_LARGE, NOT_ENOUGH_SPACE, ABORTED */
  static async open(path: string, options: OpenArchiveOptions): Promise<OciArchive> {
    const archive = await ArchiveFile.open(path, options);
    try {
      const layout = await archive.readSmall('oci-layout', options);
      const bytes = await archive.readSmall('index.json', options);
      if (layout === undefined || bytes === undefined) {
        throw invalidArchive(path, 'it holds no OCI layout: oci-layout or index.json is missing');
      }
      return new OciArchive(archive, parseIndex(bytes, path));
    } catch (error) {
      await archive[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The only image in it, where it has one only: for a reference without a name. */
  get only(): Descriptor | undefined {
    const [first, ...others] = this.#index.manifests;
    return first !== undefined && others.every(({ digest }) => digest === first.digest) ? bare(first) : undefined;
  }

  async *fetch(descriptor: Descriptor, { resume, signal }: FetchOptions = {}): Content {
    throwIfAborted(signal);
    const file = this.#blob(descriptor.digest);
    if (file === undefined) throw this.#notFound(descriptor.digest);
    // One byte more than named is read, so that trailing bytes are noticed.
    const range = { ...file, size: Math.min(file.size, descriptor.size + 1) };
    const content = this.#archive.read(range, { offset: resume?.offset ?? 0, signal });
    yield* verifyContent(descriptor, content, { where: this.#archive.where, resume });
  }

  async exists(descriptor: Descriptor, { signal }: OperationOptions = {}): Promise<boolean> {
    throwIfAborted(signal);
    return this.#blob(descriptor.digest)?.size === descriptor.size;
  }

  async resolve(reference: string, { signal }: OperationOptions = {}): Promise<Descriptor> {
    throwIfAborted(signal);
    const { manifests } = this.#index;
    const listed =
      manifests.find(({ annotations }) => annotations?.[REF_NAME] === reference) ??
      manifests.find(({ digest }) => digest === reference);
    if (listed !== undefined) return bare(listed);
    // A manifest below an index is not listed: its bytes say what it is.
    const file = isDigest(reference) ? this.#blob(reference) : undefined;
    if (!isDigest(reference) || file === undefined || file.size > MAX_MANIFEST_BYTES) throw this.#notFound(reference);
    const bytes = await this.#archive.readSmall(blobPath(reference), { signal });
    const mediaType = bytes && sniffManifestType(bytes);
    if (bytes === undefined || mediaType === undefined) throw this.#notFound(reference);
    return { mediaType, digest: reference, size: bytes.byteLength };
  }

  async *tags({ signal }: OperationOptions = {}): AsyncIterable<string> {
    throwIfAborted(signal);
    yield* this.#index.manifests.flatMap(({ annotations }) => annotations?.[REF_NAME] ?? []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#archive[Symbol.asyncDispose]();
  }

  #blob(digest: Digest): ArchivedFile | undefined {
    return this.#archive.find(blobPath(digest));
  }

  #notFound(what: string): ImageSourceError {
    const names = this.#index.manifests.flatMap(({ annotations }) => annotations?.[REF_NAME] ?? []).slice(0, 20);
    return new ImageSourceError('NOT_FOUND', `${this.#archive.where}: ${escapeControl(what)} is not in it`, {
      remedy: names.length === 0 ? 'It names no image.' : `It has ${names.map((name) => escapeControl(name)).join(', ')}.`,
      side: 'source',
    });
  }
}

function parseIndex(bytes: Uint8Array, path: string): ImageIndex {
  try {
    return parseManifest(bytes, MediaType.ociIndex) as ImageIndex;
  } catch (cause) {
    throw invalidArchive(path, `index.json cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function blobPath(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}
