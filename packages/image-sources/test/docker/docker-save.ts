import { digestHex, digestOf } from 'oras-js';
import { type TarPart, tarOf } from '../archive/tar-of.ts';

export interface SavedImage {
  readonly layers: readonly Uint8Array[];
  readonly tags: readonly string[] | null;
  /** What the config says of the layers, where it lies. */
  readonly diffIds?: readonly string[];
}

export function configOf({ layers, diffIds }: SavedImage): Buffer {
  const diff_ids = diffIds ?? layers.map((layer) => digestOf(layer));
  return Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids } }));
}

/** As Docker before 25 saves: each layer in a folder of its own, and a link in place of one that was there before. */
export function oldLayout(images: readonly SavedImage[]): TarPart[] {
  const parts: TarPart[] = [];
  const pathByLayer = new Map<string, string>();
  const manifest = images.map((image, number) => {
    const config = configOf(image);
    const Config = `${digestHex(digestOf(config))}.json`;
    const Layers = image.layers.map((layer, index) => {
      const path = `${digestHex(digestOf(Buffer.from(`${number}.${index}`)))}/layer.tar`;
      const known = pathByLayer.get(digestOf(layer));
      if (known === undefined) parts.push({ name: path, bytes: layer });
      else parts.push({ name: path, type: 'symlink', linkname: `../${known}` });
      pathByLayer.set(digestOf(layer), known ?? path);
      return path;
    });
    parts.push({ name: Config, bytes: config });
    return { Config, RepoTags: image.tags, Layers };
  });
  parts.push({ name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) });
  parts.push({ name: 'repositories', bytes: Buffer.from('{}') });
  return parts;
}

/** As Docker saves since 25: an OCI layout, and manifest.json over its blobs. @param stored how each layer lies in it */
export function newLayout(image: SavedImage, stored: readonly Uint8Array[] = image.layers): TarPart[] {
  const path = (bytes: Uint8Array): string => `blobs/sha256/${digestHex(digestOf(bytes))}`;
  const config = configOf(image);
  const unique = [...new Map([config, ...stored].map((bytes) => [path(bytes), bytes]))];
  const manifest = [{ Config: path(config), RepoTags: image.tags, Layers: stored.map(path) }];
  return [
    ...unique.map(([name, bytes]) => ({ name, bytes })),
    { name: 'index.json', bytes: Buffer.from('{"schemaVersion":2,"manifests":[]}') },
    { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(manifest)) },
    { name: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
  ];
}

export const savedTar = (parts: readonly TarPart[]): Promise<Buffer> => tarOf(parts);
