import type { Descriptor, Platform } from '../content/descriptor.ts';
import { type Digest, digestOf } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import { fetchBytes } from '../content/fetch-bytes.ts';
import type { ImageIndex } from '../content/manifest.ts';
import { isIndexType, isManifestType, MediaType } from '../content/media-types.ts';
import { parseManifest } from '../content/parse-manifest.ts';
import { formatPlatform, matchesPlatform } from '../content/platform.ts';
import { OrasError } from '../error.ts';
import type { Fetcher, OperationOptions } from '../target/target.ts';

/** BuildKit lists an image's attestations beside it, and names the image so. Source: BuildKit, docs/attestations/attestation-storage.md. */
const ATTESTS = 'vnd.docker.reference.digest';
const MAX_DEPTH = 16;
/** No real index comes near; a hostile one would have us read for ever. */
const MAX_READS = 10_000;
const CONFIG_TYPES: readonly string[] = [MediaType.ociConfig, MediaType.dockerConfig];

export interface SelectPlatformsOptions extends OperationOptions {
  readonly wanted: readonly Platform[];
  /** The annotation that names the original's digest in an index that was made anew. */
  readonly originalKey: string;
}

export interface SelectedPlatforms {
  /** `root` itself where nothing had to go. */
  readonly root: Descriptor;
  /** The bytes of the indices that were made anew: no registry has them. */
  readonly indices: ReadonlyMap<Digest, Uint8Array>;
}

/**
 * Cuts an index down to the platforms that `wanted` names. It is made anew then, under another digest, with an annotation that
 * names the original; signatures over the original do not match it. Images, their attestations and what has no platform stay as
 * they are. An image without index stays if it is for one of `wanted`: it never claimed to be for more.
 * @throws PLATFORM_ABSENT, which lists those there are; what states none has none to lack; INVALID_MANIFEST, and what `fetch` throws
 */
export async function selectPlatforms(
  source: Pick<Fetcher, 'fetch'>,
  root: Descriptor,
  options: SelectPlatformsOptions,
): Promise<SelectedPlatforms> {
  const selection = new Selection(source, options);
  const selected = await selection.of(root, 0);
  selection.assertPresent(root);
  return { root: selected ?? root, indices: selection.indices };
}

class Selection {
  readonly indices = new Map<Digest, Uint8Array>();
  readonly #source: Pick<Fetcher, 'fetch'>;
  readonly #wanted: readonly Platform[];
  readonly #originalKey: string;
  readonly #signal: AbortSignal | undefined;
  readonly #present: Platform[] = [];
  #reads = 0;

  constructor(source: Pick<Fetcher, 'fetch'>, { wanted, originalKey, signal }: SelectPlatformsOptions) {
    this.#source = source;
    this.#wanted = wanted;
    this.#originalKey = originalKey;
    this.#signal = signal;
  }

  /** The node as it is, an index made anew, or `undefined` where nothing of it is wanted. */
  async of(node: Descriptor, depth: number): Promise<Descriptor | undefined> {
    if (depth > MAX_DEPTH) throw new OrasError('INVALID_MANIFEST', `indices are nested deeper than ${MAX_DEPTH} levels`);
    if (isIndexType(node.mediaType)) return this.#index(node, depth);
    const platform = await this.#platformOf(node);
    if (platform === undefined) return node;
    this.#present.push(platform);
    return this.#wanted.some((wanted) => matchesPlatform(wanted, platform)) ? node : undefined;
  }

  /** @throws PLATFORM_ABSENT */
  assertPresent(root: Descriptor): void {
    // What states no platform at all, a Helm chart say, has none to choose from.
    if (this.#present.length === 0) return;
    const absent = this.#wanted.filter((wanted) => !this.#present.some((present) => matchesPlatform(wanted, present)));
    const isMissing = isIndexType(root.mediaType) ? absent.length > 0 : absent.length === this.#wanted.length;
    if (!isMissing) return;
    const there = [...new Set(this.#present.map((platform) => escapeControl(formatPlatform(platform))))].sort();
    throw new OrasError('PLATFORM_ABSENT', `there is no ${absent.map(formatPlatform).join(', ')}; there is ${there.join(', ')}`, {
      remedy: 'Leave the platform out, or choose among those that are there.',
    });
  }

  async #index(node: Descriptor, depth: number): Promise<Descriptor | undefined> {
    const bytes = await this.#read(node);
    const { manifests } = parseManifest(bytes, node.mediaType) as ImageIndex;
    const kept: (Descriptor | undefined)[] = [];
    for (const child of manifests) kept.push(attests(child) === undefined ? await this.of(child, depth + 1) : undefined);
    const images = new Set<string>(manifests.flatMap(({ digest }, i) => (kept[i] === undefined ? [] : [digest])));
    const selected = manifests.map((child, i) => (images.has(attests(child) ?? '') ? child : kept[i]));
    if (selected.every((child, i) => child?.digest === manifests[i]?.digest)) return node;
    if (selected.every((child) => child === undefined)) return undefined;
    return this.#rewrite(node, bytes, selected);
  }

  #rewrite(node: Descriptor, bytes: Uint8Array, selected: readonly (Descriptor | undefined)[]): Descriptor {
    // From the published text, so that what this library does not know of stays in.
    const original: { manifests: { digest: string }[]; annotations?: Record<string, string> } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    const manifests = original.manifests.flatMap((entry, i) => {
      const child = selected[i];
      if (child === undefined) return [];
      // `data` would be the bytes of the one that was published.
      return child.digest === entry.digest ? [entry] : [{ ...entry, digest: child.digest, size: child.size, data: undefined }];
    });
    const annotations = { ...original.annotations, [this.#originalKey]: node.digest };
    const rewritten = new TextEncoder().encode(JSON.stringify({ ...original, manifests, annotations }));
    const digest = digestOf(rewritten);
    this.indices.set(digest, rewritten);
    return { ...node, digest, size: rewritten.byteLength };
  }

  /** As the index states it, else as the image's own config does. */
  async #platformOf(node: Descriptor): Promise<Platform | undefined> {
    if (node.platform && node.platform.os !== '' && node.platform.os !== 'unknown') return node.platform;
    if (node.platform || !isManifestType(node.mediaType)) return undefined;
    const manifest = parseManifest(await this.#read(node), node.mediaType);
    if (!('config' in manifest) || !CONFIG_TYPES.includes(manifest.config.mediaType)) return undefined;
    const bytes = await this.#read(manifest.config);
    return platformIn(bytes);
  }

  #read(descriptor: Descriptor): Promise<Uint8Array> {
    this.#reads += 1;
    if (this.#reads > MAX_READS) throw new OrasError('TOO_LARGE', `more than ${MAX_READS} manifests and configs in one index`);
    return fetchBytes(this.#source, descriptor, { signal: this.#signal });
  }
}

function attests({ annotations }: Descriptor): string | undefined {
  return annotations?.[ATTESTS];
}

function platformIn(config: Uint8Array): Platform | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(config));
  } catch {
    return undefined;
  }
  const { os, architecture, variant } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  return { os, architecture, ...(typeof variant === 'string' && variant !== '' ? { variant } : {}) };
}
