import { throwIfAborted } from '../abort.ts';
import { ContentVerifier, verifyContent } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import type { Digest } from '../content/digest.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import { isManifestType } from '../content/media-types.ts';
import { notFound } from './not-found.ts';
import type { Content, FetchOptions, OpenContent, OperationOptions, TagLister, Target } from './target.ts';

const WHERE = 'memory';

/** Content in memory: for tests, and for what is made on the spot. */
export class MemoryTarget implements Target, TagLister {
  readonly #contents = new Map<Digest, Uint8Array>();
  /** By what they were pushed as: a digest alone does not say whether it names a manifest, or of which type. */
  readonly #manifests = new Map<Digest, Descriptor>();
  readonly #tags = new Map<string, Descriptor>();

  async *fetch(descriptor: Descriptor, { resume, signal }: FetchOptions = {}): Content {
    throwIfAborted(signal);
    const bytes = this.#contents.get(descriptor.digest);
    if (!bytes) throw notFound(WHERE, descriptor.digest);
    yield* verifyContent(descriptor, batchesOf(bytes, resume?.offset ?? 0, signal), { where: WHERE, resume });
  }

  async exists(descriptor: Descriptor, { signal }: OperationOptions = {}): Promise<boolean> {
    throwIfAborted(signal);
    return (isManifestType(descriptor.mediaType) ? this.#manifests : this.#contents).has(descriptor.digest);
  }

  async resolve(reference: string, { signal }: OperationOptions = {}): Promise<Descriptor> {
    throwIfAborted(signal);
    const descriptor = this.#tags.get(reference) ?? this.#manifests.get(reference as Digest);
    if (!descriptor) throw notFound(WHERE, reference);
    return descriptor;
  }

  async push(descriptor: Descriptor, open: OpenContent, options: OperationOptions = {}): Promise<void> {
    if (await this.exists(descriptor, options)) return;
    const verifier = new ContentVerifier(descriptor, WHERE);
    const chunks: Uint8Array[] = [];
    for await (const batch of open({ signal: options.signal })) {
      throwIfAborted(options.signal);
      for (const chunk of batch) verifier.update(chunk);
      chunks.push(...batch);
    }
    verifier.finish();
    this.#contents.set(descriptor.digest, Buffer.concat(chunks));
    if (isManifestType(descriptor.mediaType)) this.#manifests.set(descriptor.digest, plain(descriptor));
  }

  async tag(descriptor: Descriptor, tag: string, options: OperationOptions = {}): Promise<void> {
    if (!(await this.exists(descriptor, options))) throw notFound(WHERE, descriptor.digest);
    this.#tags.set(tag, plain(descriptor));
  }

  async *tags({ signal }: OperationOptions = {}): AsyncIterable<string> {
    throwIfAborted(signal);
    yield* this.#tags.keys();
  }
}

/** Without what described the content in another context, such as a platform in an index. */
function plain({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

async function* batchesOf(bytes: Uint8Array, offset: number, signal: AbortSignal | undefined): Content {
  for (let at = offset; at < bytes.byteLength; at += BATCH_BYTES) {
    throwIfAborted(signal);
    yield [bytes.subarray(at, at + BATCH_BYTES)];
  }
}
