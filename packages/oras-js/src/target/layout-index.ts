import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from '../content/descriptor.ts';
import { MAX_MANIFEST_BYTES } from '../content/limits.ts';
import type { ImageIndex } from '../content/manifest.ts';
import { MediaType } from '../content/media-types.ts';
import { parseManifest } from '../content/parse-manifest.ts';
import { OrasError } from '../error.ts';
import { readSmallFile } from './read-small-file.ts';
import { syncFolder, writeBeside } from './write-beside.ts';

const INDEX_FILE = 'index.json';
/** Source: OCI image-spec v1.1.1, annotations.md. */
const REF_NAME = 'org.opencontainers.image.ref.name';

/** A layout's index.json: which manifests have which names. */
export class LayoutIndex {
  readonly #folder: string;
  readonly #ingest: string;
  /** One change after the other: each reads what the one before wrote. */
  #changes: Promise<void> = Promise.resolve();

  constructor(folder: string, ingest: string) {
    this.#folder = folder;
    this.#ingest = ingest;
  }

  async createIfAbsent(): Promise<void> {
    const found = await stat(join(this.#folder, INDEX_FILE)).catch(() => undefined);
    if (!found) await this.#write({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] });
  }

  /** By name, else by digest. */
  async find(reference: string): Promise<Descriptor | undefined> {
    const { manifests } = await this.#read();
    const entry =
      manifests.find(({ annotations }) => annotations?.[REF_NAME] === reference) ??
      manifests.find(({ digest }) => digest === reference);
    return entry && { mediaType: entry.mediaType, digest: entry.digest, size: entry.size };
  }

  async tags(): Promise<string[]> {
    const { manifests } = await this.#read();
    return manifests.flatMap(({ annotations }) => annotations?.[REF_NAME] ?? []);
  }

  async add(descriptor: Descriptor, tag: string): Promise<void> {
    const change = this.#changes.then(async () => {
      const index = await this.#read();
      const others = index.manifests.filter(({ annotations }) => annotations?.[REF_NAME] !== tag);
      const entry: Descriptor = { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
      await this.#write({ ...index, manifests: [...others, entry] });
    });
    this.#changes = change.catch(() => undefined);
    await change;
  }

  /** @throws INVALID_LAYOUT */
  async #read(): Promise<ImageIndex> {
    const path = join(this.#folder, INDEX_FILE);
    try {
      const bytes = await readSmallFile(path, MAX_MANIFEST_BYTES);
      if (!bytes) throw new OrasError('INVALID_LAYOUT', `it is no file of at most ${MAX_MANIFEST_BYTES} bytes`);
      return parseManifest(bytes, MediaType.ociIndex) as ImageIndex;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OrasError('INVALID_LAYOUT', `${path} cannot be read: ${reason}`, { cause });
    }
  }

  async #write(index: ImageIndex): Promise<void> {
    await mkdir(this.#ingest, { recursive: true });
    const text = JSON.stringify(index);
    await writeBeside(this.#ingest, async (file) => {
      await file.writeFile(text);
      return join(this.#folder, INDEX_FILE);
    });
    await syncFolder(this.#folder);
  }
}
