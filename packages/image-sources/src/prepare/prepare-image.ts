import { type Content, type Descriptor, type Digest, MediaType, type OperationOptions } from 'oras-js';
import type { ArchiveFile } from '../archive/archive-file.ts';
import { isZlibError } from '../archive/spool.ts';
import type { ArchivedImage } from '../docker/docker-archive.ts';
import { ImageSourceError, invalidArchive } from '../image-source-error.ts';
import { assertFreeSpace } from './assert-free-space.ts';
import { compressLayer } from './compress-layer.ts';
import { compressionOf, copyCompressedLayer } from './copy-compressed-layer.ts';
import type { OnPrepareEvent } from './prepare-event.ts';
import type { PreparedCache } from './prepared-cache.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface PrepareOptions extends OperationOptions {
  readonly onEvent?: OnPrepareEvent | undefined;
}

/**
 * Makes an image of `docker save` one that can be planned: its layers compressed, each under its digest, in `cache`. A layer that was
 * prepared for any image before is used again. The config's bytes stay as they are, so that the image keeps its ID.
 * @returns the manifest, which `cache.layout` holds with all that it names; the same for the same image and the same layers
 * @throws DIGEST_MISMATCH where a layer is not what the config says, INVALID_ARCHIVE, NOT_ENOUGH_SPACE, DISK_FULL, ABORTED
 */
export async function prepareImage(
  archive: ArchiveFile,
  { config, layers }: ArchivedImage,
  { cache, ...options }: PrepareOptions & { readonly cache: PreparedCache },
): Promise<Descriptor> {
  const stored = new Map<Digest, StoredLayer>();
  for (const { diffId, file } of layers) {
    if (stored.has(diffId)) continue;
    const known = await cache.find(diffId, options);
    const layer =
      known ?? (await prepareLayer(diffId, () => archive.read(file, options), { ...options, cache, archive, size: file.size }));
    options.onEvent?.({ type: 'layer-prepared', layer: diffId, size: layer.size, reused: known !== undefined });
    stored.set(diffId, layer);
  }
  return keepManifest(
    config,
    layers.flatMap(({ diffId }) => stored.get(diffId) ?? []),
    { ...options, cache },
  );
}

/**
 * The same, of an image whose layers all lie in the cache, without asking for them again.
 * @returns `undefined` where one is lacking or damaged
 */
export async function findPrepared(
  config: Buffer,
  diffIds: readonly Digest[],
  { cache, ...options }: PrepareOptions & { readonly cache: PreparedCache },
): Promise<Descriptor | undefined> {
  const stored = new Map<Digest, StoredLayer>();
  for (const diffId of new Set(diffIds)) {
    const layer = await cache.find(diffId, options);
    if (layer === undefined) return undefined;
    stored.set(diffId, layer);
  }
  for (const [layer, { size }] of stored) options.onEvent?.({ type: 'layer-prepared', layer, size, reused: true });
  return keepManifest(
    config,
    diffIds.flatMap((diffId) => stored.get(diffId) ?? []),
    { ...options, cache },
  );
}

async function prepareLayer(
  diffId: Digest,
  open: () => Content,
  options: PrepareOptions & { readonly cache: PreparedCache; readonly archive: ArchiveFile; readonly size: number },
): Promise<StoredLayer> {
  const { cache, archive, size, signal, onEvent } = options;
  await assertFreeSpace(cache.layout.path, size);
  let bytes = 0;
  const onBytes = (more: number): void => {
    bytes += more;
    onEvent?.({ type: 'layer-progress', layer: diffId, bytes, totalBytes: size });
  };
  const compression = compressionOf(await firstBytes(open()));
  const layer = await cache.store(async (file) => {
    const found = await (compression === undefined
      ? compressLayer(open(), file, { signal, onBytes })
      : copyCompressedLayer(open, file, { compression, signal })
    ).catch((cause: unknown) => {
      if (isZlibError(cause)) throw invalidArchive(archive.where, `the layer ${diffId} is damaged: it does not unpack`, cause);
      throw cause;
    });
    if (found.diffId === diffId) return found;
    throw new ImageSourceError('DIGEST_MISMATCH', `${archive.where}: the layer ${diffId} hashes to ${found.diffId}`, {
      remedy: 'The layer was damaged or replaced: make the archive again.',
      side: 'source',
    });
  }, options);
  await cache.remember(diffId, layer);
  return layer;
}

async function firstBytes(content: Content): Promise<Uint8Array> {
  for await (const [chunk] of content) return chunk ?? new Uint8Array();
  return new Uint8Array();
}

async function keepManifest(
  config: Buffer,
  layers: readonly StoredLayer[],
  { cache, ...options }: OperationOptions & { readonly cache: PreparedCache },
): Promise<Descriptor> {
  const bare = ({ mediaType, digest, size }: StoredLayer): StoredLayer => ({ mediaType, digest, size });
  const manifest = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: bare(await cache.keep(MediaType.ociConfig, config, options)),
    layers: layers.map(bare),
  };
  return cache.keep(MediaType.ociManifest, Buffer.from(JSON.stringify(manifest)), options);
}
