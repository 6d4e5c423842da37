import { type Content, type Descriptor, type Digest, isDigest, type OperationOptions, parseManifest } from 'oras-js';
import type { BlobStore } from './blob-store.ts';
import { folderBlobs } from './folder-blobs.ts';
import { folderLinks } from './folder-links.ts';
import type { LinkStore } from './link-store.ts';
import { memoryBlobs } from './memory-blobs.ts';
import { memoryLinks } from './memory-links.ts';
import type { ByteRange, ManifestToStore, WritableStorage } from './registry-storage.ts';
import { Upload } from './upload.ts';

export function memoryStorage(): WritableStorage {
  return new LinkedStorage(memoryBlobs(), memoryLinks());
}

/** A folder for one server at a time; what another run stored there is served again. */
export async function folderStorage(folder: string): Promise<WritableStorage> {
  return new LinkedStorage(await folderBlobs(folder), folderLinks(folder));
}

/** Content is kept once; repositories link to it. Deleting removes links and leaves content where it is. */
class LinkedStorage implements WritableStorage {
  readonly #blobs: BlobStore;
  readonly #links: LinkStore;

  constructor(blobs: BlobStore, links: LinkStore) {
    this.#blobs = blobs;
    this.#links = links;
  }

  repositories(): Promise<string[]> {
    return this.#links.repositories();
  }

  async tags(repository: string): Promise<string[] | undefined> {
    return (await this.#links.has(repository)) ? this.#links.names(repository, 'tags') : undefined;
  }

  async manifest(repository: string, reference: string): Promise<Descriptor | undefined> {
    const digest = isDigest(reference) ? reference : await this.#links.get(repository, 'tags', reference);
    if (digest === undefined || !isDigest(digest)) return undefined;
    const mediaType = await this.#links.get(repository, 'manifests', digest);
    const size = mediaType === undefined ? undefined : await this.#blobs.size(digest);
    return mediaType === undefined || size === undefined ? undefined : { mediaType, digest, size };
  }

  async blobSize(repository: string, digest: Digest): Promise<number | undefined> {
    const linked = await this.#links.get(repository, 'blobs', digest);
    return linked === undefined ? undefined : this.#blobs.size(digest);
  }

  read(digest: Digest, range: ByteRange, options?: OperationOptions): Content {
    return this.#blobs.read(digest, range, options);
  }

  async referrers(repository: string, digest: Digest): Promise<Descriptor[]> {
    const names = (await this.#links.names(repository, 'referrers')).filter((name) => name.startsWith(`${digest}.`));
    const texts = await Promise.all(names.sort().map((name) => this.#links.get(repository, 'referrers', name)));
    return texts.flatMap((text): Descriptor[] => (text === undefined ? [] : [JSON.parse(text)]));
  }

  async begin(): Promise<Upload> {
    return new Upload(await this.#blobs.create());
  }

  async commit(upload: Upload, repository: string, digest: Digest): Promise<void> {
    try {
      await upload.verify(digest);
      await ((await this.#blobs.size(digest)) === undefined ? upload.finish(digest) : upload.discard());
    } catch (error) {
      await upload.discard();
      throw error;
    }
    await this.#links.set(repository, 'blobs', digest, '');
  }

  async mount(repository: string, digest: Digest, from: string | undefined): Promise<boolean> {
    const size = from === undefined ? await this.#blobs.size(digest) : await this.blobSize(from, digest);
    if (size === undefined) return false;
    await this.#links.set(repository, 'blobs', digest, '');
    return true;
  }

  async putManifest(repository: string, { descriptor, bytes, tags, subject }: ManifestToStore): Promise<void> {
    const { digest, mediaType } = descriptor;
    if ((await this.#blobs.size(digest)) === undefined) {
      const blob = await this.#blobs.create();
      await blob.write([bytes], 0);
      await blob.finish(digest);
    }
    await this.#links.set(repository, 'manifests', digest, mediaType);
    if (subject) await this.#links.set(repository, 'referrers', `${subject}.${digest}`, JSON.stringify(descriptor));
    // The tags last: what they name is complete.
    for (const tag of tags) await this.#links.set(repository, 'tags', tag, digest);
  }

  deleteBlob(repository: string, digest: Digest): Promise<boolean> {
    return this.#links.remove(repository, 'blobs', digest);
  }

  async deleteManifest(repository: string, digest: Digest): Promise<boolean> {
    const descriptor = await this.manifest(repository, digest);
    if (!descriptor) return false;
    for (const tag of await this.#links.names(repository, 'tags')) {
      if ((await this.#links.get(repository, 'tags', tag)) === digest) await this.#links.remove(repository, 'tags', tag);
    }
    const chunks: Uint8Array[] = [];
    for await (const batch of this.read(digest, { start: 0, end: descriptor.size })) chunks.push(...batch);
    const { subject } = parseManifest(Buffer.concat(chunks), descriptor.mediaType);
    if (subject) await this.#links.remove(repository, 'referrers', `${subject.digest}.${digest}`);
    return this.#links.remove(repository, 'manifests', digest);
  }

  deleteTag(repository: string, tag: string): Promise<boolean> {
    return this.#links.remove(repository, 'tags', tag);
  }
}
