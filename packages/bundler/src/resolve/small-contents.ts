import { type Content, contentOf, type Descriptor, type Digest, type FetchOptions } from 'oras-js';
import type { Source } from './source.ts';

/** Manifests, configs and charts; layers of images are larger, and go straight into the bundle. */
const MAX_SMALL_BYTES = 4 * 1024 * 1024;
/** Some thousand images' worth of metadata; what is beyond is read again. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** What was read while resolving, so that the same run does not fetch it again. */
export class SmallContents {
  readonly #contents = new Map<Digest, Uint8Array>();
  #keptBytes = 0;

  get(digest: Digest): Uint8Array | undefined {
    return this.#contents.get(digest);
  }

  /** The same source, remembering what is small. */
  remember(source: Source): Source {
    return {
      resolve: (reference, options) => source.resolve(reference, options),
      exists: (descriptor, options) => source.exists(descriptor, options),
      tags: (options) => source.tags(options),
      fetch: (descriptor, options) => {
        const known = this.#contents.get(descriptor.digest);
        if (known !== undefined && known.length === descriptor.size) return contentOf(known)(options);
        const small = descriptor.size <= MAX_SMALL_BYTES && this.#keptBytes + descriptor.size <= MAX_KEPT_BYTES;
        return small && options?.resume === undefined
          ? this.#keep(source, descriptor, options)
          : source.fetch(descriptor, options);
      },
    };
  }

  async *#keep(source: Source, descriptor: Descriptor, options: FetchOptions | undefined): Content {
    const batches: Uint8Array[] = [];
    // Without the caller's pool: what is kept must not lie in memory that it uses again.
    for await (const batch of source.fetch(descriptor, { ...options, buffers: undefined })) {
      batches.push(...batch);
      yield batch;
    }
    // Reached only after `fetch` has verified all of it.
    if (!this.#contents.has(descriptor.digest)) this.#keptBytes += descriptor.size;
    this.#contents.set(descriptor.digest, Buffer.concat(batches));
  }
}
