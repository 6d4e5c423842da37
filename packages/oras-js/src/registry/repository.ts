import { verifyContent } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, isDigest } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import { fetchBytes } from '../content/fetch-bytes.ts';
import { isManifestType } from '../content/media-types.ts';
import { isTag } from '../content/reference.ts';
import { OrasError } from '../error.ts';
import type {
  Content,
  FetchOptions,
  Mounter,
  OpenContent,
  OperationOptions,
  PushOptions,
  TagLister,
  Target,
} from '../target/target.ts';
import { blobExists } from './blob-exists.ts';
import { fetchBlob } from './fetch-blob.ts';
import { fetchManifest } from './fetch-manifest.ts';
import { getManifest } from './get-manifest.ts';
import { listTags } from './list-tags.ts';
import type { ManifestCache } from './manifest-cache.ts';
import { manifestExists } from './manifest-exists.ts';
import { mountBlob } from './mount-blob.ts';
import { putManifest } from './put-manifest.ts';
import type { RegistryHost } from './registry-host.ts';
import { uploadBlob } from './upload-blob.ts';

/** A registry collects abandoned sessions, and what was absent a minute ago may have been pushed since. */
const MEMORY_MS = 60_000;

/** One repository of a registry as a Target. Made by RegistryClient.repository. */
export class Repository implements Target, Mounter, TagLister {
  /** host[:port]/path */
  readonly name: string;
  /** host[:port] as references name it */
  readonly registry: string;
  /** path below the host */
  readonly repository: string;
  readonly #host: RegistryHost;
  readonly #cache: ManifestCache;
  readonly #absent = new Map<Digest, { readonly untilMs: number; readonly session: URL | undefined }>();

  constructor(host: RegistryHost, repository: string, cache: ManifestCache) {
    this.name = `${host.name}/${repository}`;
    this.registry = host.name;
    this.repository = repository;
    this.#host = host;
    this.#cache = cache;
  }

  fetch(descriptor: Descriptor, options: FetchOptions = {}): Content {
    if (!isManifestType(descriptor.mediaType)) return fetchBlob(this.#place, descriptor, options);
    return fetchManifest(this.#place, descriptor, { ...options, cache: this.#cache });
  }

  /** One HEAD. A blob that was not there is pushed without another one, if within a minute. */
  async exists(descriptor: Descriptor, options: OperationOptions = {}): Promise<boolean> {
    const { digest } = descriptor;
    const found = isManifestType(descriptor.mediaType)
      ? await manifestExists(this.#place, digest, options)
      : await blobExists(this.#place, descriptor, options);
    if (found) this.#absent.delete(digest);
    else this.#rememberAbsent(digest);
    return found;
  }

  /**
   * One GET: the bytes are verified and kept, so that fetching the manifest next asks for nothing.
   * @param reference tag or digest
   */
  async resolve(reference: string, options: OperationOptions = {}): Promise<Descriptor> {
    if (!isDigest(reference)) this.#checkTag(reference);
    const manifest = await getManifest(this.#place, reference, options);
    this.#cache.add(this.name, manifest);
    return manifest.descriptor;
  }

  async push(descriptor: Descriptor, open: OpenContent, options: PushOptions = {}): Promise<void> {
    const absent = this.#takeAbsent(descriptor.digest);
    if (!absent && options.force !== true && (await this.exists(descriptor, options))) return;
    const { session } = absent ?? {};
    this.#absent.delete(descriptor.digest);
    if (!isManifestType(descriptor.mediaType)) {
      return uploadBlob(this.#place, descriptor, open, { ...options, session });
    }
    const verified = {
      fetch: (_: Descriptor, part?: FetchOptions) => verifyContent(descriptor, open(part), { where: this.name }),
    };
    const bytes = await fetchBytes(verified, descriptor, options);
    await putManifest(this.#place, { descriptor, bytes }, { ...options, reference: descriptor.digest });
    this.#cache.add(this.name, { descriptor, bytes });
  }

  /** Gets the manifest and puts it under `tag`. Who has its bytes calls `tagManifest`. */
  async tag(descriptor: Descriptor, tag: string, options: OperationOptions = {}): Promise<void> {
    this.#checkTag(tag);
    await this.tagManifest(descriptor, await fetchBytes(this, descriptor, options), tag, options);
  }

  /**
   * Puts the whole manifest under `tag`, which moves.
   * @param bytes exactly what `descriptor` names
   * @throws TAG_IMMUTABLE, DENIED, … ; isContentMissing tells whether its children are to be pushed again
   */
  async tagManifest(descriptor: Descriptor, bytes: Uint8Array, tag: string, options: OperationOptions = {}): Promise<void> {
    this.#checkTag(tag);
    if (digestOf(bytes, digestAlgorithm(descriptor.digest)) !== descriptor.digest) {
      throw new OrasError('DIGEST_MISMATCH', `${this.name}:${tag}: the bytes to be tagged are not those of ${descriptor.digest}`);
    }
    await putManifest(this.#place, { descriptor, bytes }, { ...options, reference: tag });
  }

  /** @param fromRepository path below the same host */
  async mount(descriptor: Descriptor, fromRepository: string, options: OperationOptions = {}): Promise<boolean> {
    const { mounted, session } = await mountBlob(this.#place, descriptor, { ...options, from: fromRepository });
    if (mounted) this.#absent.delete(descriptor.digest);
    else if (session) this.#rememberAbsent(descriptor.digest, session);
    return mounted;
  }

  tags(options: OperationOptions = {}): AsyncIterable<string> {
    return listTags(this.#place, options);
  }

  get #place() {
    return { host: this.#host, repository: this.repository };
  }

  #rememberAbsent(digest: Digest, session?: URL): void {
    this.#absent.set(digest, { untilMs: performance.now() + MEMORY_MS, session });
  }

  #takeAbsent(digest: Digest): { readonly session: URL | undefined } | undefined {
    const absent = this.#absent.get(digest);
    this.#absent.delete(digest);
    return absent && absent.untilMs > performance.now() ? absent : undefined;
  }

  #checkTag(tag: string): void {
    if (isTag(tag)) return;
    throw new OrasError('INVALID_REFERENCE', `${this.name}: not a tag: ${JSON.stringify(escapeControl(tag))}`, {
      remedy: 'A tag has at most 128 letters, digits, dots, hyphens and underscores, and begins with none of dot and hyphen.',
    });
  }
}
