import {
  type Digest,
  digestOf,
  escapeControl,
  formatReference,
  isDigest,
  MAX_SUCCESSORS,
  type OperationOptions,
  parseReference,
} from 'oras-js';
import { type ArchivedFile, ArchiveFile, type OpenArchiveOptions } from '../archive/archive-file.ts';
import { insidePath } from '../archive/index-tar.ts';
import { ImageSourceError, invalidArchive } from '../image-source-error.ts';

/** An image as an archive of `docker save` has it. */
export interface ArchivedImage {
  /** Its bytes are kept as they are: their digest is the image's ID. */
  readonly config: Buffer;
  /** From the base up; `diffId` is what the config says of the layer without compression. */
  readonly layers: readonly { readonly diffId: Digest; readonly file: ArchivedFile }[];
  /** Canonical: `docker.io/corp/zenml-pro-server:0.93.2-ca`. */
  readonly names: readonly string[];
}

interface ManifestEntry {
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly string[];
}

/**
 * What `docker save` and `podman save` write, in both layouts: files named by layer (before Docker 25) or by digest in an OCI layout.
 * Source: moby v25.0.0, image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format".
 */
export class DockerArchive implements AsyncDisposable {
  readonly archive: ArchiveFile;
  readonly #entries: readonly ManifestEntry[];

  private constructor(archive: ArchiveFile, entries: readonly ManifestEntry[]) {
    this.archive = archive;
    this.#entries = entries;
  }

  /** @throws NOT_FOUND, INVALID_ARCHIVE, TOO_LARGE, NOT_ENOUGH_SPACE, ABORTED */
  static async open(path: string, options: OpenArchiveOptions): Promise<DockerArchive> {
    return DockerArchive.of(await ArchiveFile.open(path, options), options);
  }

  /** @param archive belongs to the DockerArchive from then on */
  static async of(archive: ArchiveFile, options: OperationOptions = {}): Promise<DockerArchive> {
    try {
      const bytes = await archive.readSmall('manifest.json', options);
      if (bytes === undefined) throw invalidArchive(archive.where, 'it has no manifest.json: docker save did not write it');
      return new DockerArchive(archive, parseEntries(bytes, archive.where));
    } catch (error) {
      await archive[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * @param name canonical, `docker.io/corp/zenml-pro-server:0.93.2-ca`; without it, the archive has to hold one image
   * @throws NOT_FOUND, which lists what is there; INVALID_ARCHIVE, UNSUPPORTED, TOO_LARGE
   */
  async image(name: string | undefined, options: OperationOptions = {}): Promise<ArchivedImage> {
    const { where } = this.archive;
    const { config: path, layers: paths, names } = this.#select(name);
    const config = await this.archive.readSmall(path, options);
    if (config === undefined) throw invalidArchive(where, `the image config ${escapeControl(path)} is missing`);
    const diffIds = diffIdsOf(config, where);
    if (diffIds.length === 0) {
      throw new ImageSourceError('UNSUPPORTED', `${where}: the image has no layers`, {
        remedy: 'An image without layers has nothing to run: name another.',
        side: 'source',
      });
    }
    if (diffIds.length !== paths.length) {
      throw invalidArchive(where, `the image config tells of ${diffIds.length} layers, manifest.json of ${paths.length}`);
    }
    const layers = diffIds.map((diffId, index) => {
      const layer = paths[index] ?? '';
      const file = this.archive.find(layer);
      if (file === undefined) throw invalidArchive(where, `the layer ${escapeControl(layer)} is missing`);
      return { diffId, file };
    });
    return { config, layers, names };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive[Symbol.asyncDispose]();
  }

  #select(name: string | undefined): ManifestEntry {
    const found = name === undefined ? this.#entries : this.#entries.filter(({ names }) => names.includes(name));
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first;
    const all = this.#entries.flatMap(({ names }) => names).slice(0, 20);
    const wanted = name === undefined ? 'it holds several images, and the request names none' : `${name} is not in it`;
    throw new ImageSourceError('NOT_FOUND', `${this.archive.where}: ${wanted}`, {
      remedy: all.length === 0 ? 'None of its images has a name: save the image by its name.' : `It has ${all.join(', ')}.`,
      side: 'source',
    });
  }
}

/** The digest under which Docker lists an image. */
export function imageIdOf({ config }: Pick<ArchivedImage, 'config'>): Digest {
  return digestOf(config);
}

function parseEntries(bytes: Buffer, where: string): ManifestEntry[] {
  const parsed = parseJson(bytes, 'manifest.json', where);
  if (!Array.isArray(parsed) || parsed.length === 0) throw invalidArchive(where, 'manifest.json lists no image');
  return parsed.map((entry: unknown) => {
    const { Config, Layers, RepoTags } = Object(entry) as { Config?: unknown; Layers?: unknown; RepoTags?: unknown };
    const layers = Layers ?? [];
    if (!isText(Config) || !Array.isArray(layers) || layers.length > MAX_SUCCESSORS || !layers.every(isText)) {
      throw invalidArchive(where, 'manifest.json names no config, or its layers cannot be read');
    }
    return {
      config: pathInside(Config, where),
      layers: layers.map((layer) => pathInside(layer, where)),
      names: (Array.isArray(RepoTags) ? RepoTags : []).flatMap((tag: unknown) => (isText(tag) ? canonicalName(tag) : [])),
    };
  });
}

/** docker writes names as people type them, podman and skopeo in full. A name that is none names nothing. */
function canonicalName(text: string): string[] {
  try {
    const { registry, repository, tag = 'latest' } = parseReference(text);
    return [formatReference({ registry, repository, tag })];
  } catch {
    return [];
  }
}

function pathInside(path: string, where: string): string {
  const inside = insidePath('', path);
  if (inside === undefined)
    throw invalidArchive(where, `manifest.json names ${escapeControl(path.slice(0, 200))}, which leads out of it`);
  return inside;
}

function diffIdsOf(config: Buffer, where: string): Digest[] {
  const parsed = parseJson(config, 'the image config', where) as { rootfs?: { diff_ids?: unknown } } | null;
  const diffIds = parsed?.rootfs?.diff_ids ?? [];
  if (!Array.isArray(diffIds) || diffIds.length > MAX_SUCCESSORS || !diffIds.every((each) => isText(each) && isDigest(each))) {
    throw invalidArchive(where, 'the image config’s rootfs.diff_ids cannot be read');
  }
  return diffIds as Digest[];
}

function parseJson(bytes: Buffer, what: string, where: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw invalidArchive(where, `${what} is not JSON`, cause);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
