import {
  type Content,
  type Descriptor,
  type Digest,
  type Fetcher,
  fetchBytes,
  isManifestType,
  type OperationOptions,
  successorsOf,
} from 'oras-js';
import type { ByteRange, RegistryStorage } from './registry-storage.ts';

/** One tag that is served, and the manifest that it names. */
export interface ServedArtifact {
  readonly repository: string;
  readonly tag: string;
  readonly root: Descriptor;
}

/**
 * Serves what a Target holds (a bundle, an OCI layout) under names that the caller gives, without a copy; nothing can be
 * pushed. Reads every manifest once, to know what each repository has.
 */
export async function targetStorage(
  target: Fetcher,
  artifacts: readonly ServedArtifact[],
  { signal }: OperationOptions = {},
): Promise<RegistryStorage> {
  const repositories = new Map<string, ServedRepository>();
  const contents = new Map<Digest, Descriptor>();
  for (const { repository, tag, root } of artifacts) {
    const served = repositories.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
    repositories.set(repository, served);
    served.tags.set(tag, root.digest);
    const waiting = [root];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const known = isManifestType(next.mediaType) ? served.manifests : served.blobs;
      if (known.has(next.digest)) continue;
      known.set(next.digest, next);
      contents.set(next.digest, next);
      if (isManifestType(next.mediaType))
        waiting.push(...successorsOf(next.mediaType, await fetchBytes(target, next, { signal })));
    }
  }
  return {
    async repositories() {
      return [...repositories.keys()];
    },
    async tags(repository) {
      const served = repositories.get(repository);
      return served && [...served.tags.keys()];
    },
    async manifest(repository, reference) {
      const served = repositories.get(repository);
      const found = served?.manifests.get(served.tags.get(reference) ?? (reference as Digest));
      return found && { mediaType: found.mediaType, digest: found.digest, size: found.size };
    },
    async blobSize(repository, digest) {
      return repositories.get(repository)?.blobs.get(digest)?.size;
    },
    read(digest, range, options) {
      const descriptor = contents.get(digest);
      return descriptor ? partOf(target.fetch(descriptor, options), range) : empty();
    },
    async referrers() {
      return [];
    },
  };
}

interface ServedRepository {
  readonly tags: Map<string, Digest>;
  readonly manifests: Map<Digest, Descriptor>;
  readonly blobs: Map<Digest, Descriptor>;
}

async function* empty(): Content {}

/** A Target verifies, and so reads from the beginning: what is before the range is read and dropped. */
async function* partOf(content: Content, { start, end }: ByteRange): Content {
  let at = 0;
  for await (const batch of content) {
    const part: Uint8Array[] = [];
    for (const chunk of batch) {
      const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      if (wanted.byteLength > 0) part.push(wanted);
      at += chunk.byteLength;
    }
    if (part.length > 0) yield part;
    // Not where the content ends too: the Target says only after its last batch that it was not what it should be.
    if (at > end) return;
  }
}
