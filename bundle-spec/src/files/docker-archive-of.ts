import { type Descriptor, type Digest, isIndexType, isManifestType, MediaType, parseManifest } from 'oras-js';
import { AirgapError } from '../errors/airgap-error.ts';
import { blobPath } from '../paths.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** The exact bytes of a manifest or index that the bundle carries. */
export type ReadManifest = (digest: Digest) => Uint8Array;

type Root = Pick<Descriptor, 'mediaType' | 'digest'>;

interface Candidate {
  readonly root: Root;
  readonly platform: string | undefined;
}

/** Indices in indices: real ones have one level. */
const MAX_DEPTH = 4;

const UNKNOWN_PLATFORM = 'unknown/unknown';
const PREFERRED_PLATFORM = 'linux/amd64';
const IMAGE_CONFIG_TYPES: readonly string[] = [MediaType.ociConfig, MediaType.dockerConfig];

/**
 * `manifest.json`, which makes the tar a docker archive over the same blobs: `docker load` and `podman load` read it.
 * One platform of each image, linux/amd64 or else the first; no attestations, and nothing that is no runnable image.
 * Source: Docker's image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
 * @throws INVALID_MANIFEST
 */
export function dockerArchiveOf(manifest: Pick<BundleManifest, 'artifacts' | 'blobs'>, readManifest: ReadManifest): Uint8Array {
  const carried = new Set(manifest.blobs.map((blob) => blob.digest));
  const entries = manifest.artifacts.flatMap((artifact) => {
    if (artifact.kind !== 'image') return [];
    const candidates = candidatesOf(artifact.root, readManifest, 0).filter(({ root }) => carried.has(root.digest));
    const chosen = candidates.find(({ platform }) => platform === PREFERRED_PLATFORM) ?? candidates[0];
    if (chosen === undefined) return [];
    if (!isManifestType(chosen.root.mediaType)) return [];
    const image = parseManifest(readManifest(chosen.root.digest), chosen.root.mediaType);
    if (!('config' in image) || !IMAGE_CONFIG_TYPES.includes(image.config.mediaType)) return [];
    return [
      {
        Config: blobPath(image.config.digest),
        RepoTags: [artifact.source],
        Layers: image.layers.map((layer) => blobPath(layer.digest)),
      },
    ];
  });
  return new TextEncoder().encode(JSON.stringify(entries));
}

function candidatesOf(root: Root, readManifest: ReadManifest, depth: number): Candidate[] {
  if (!isIndexType(root.mediaType)) return [{ root, platform: undefined }];
  if (depth === MAX_DEPTH)
    throw new AirgapError('INVALID_MANIFEST', `${root.digest}: more than ${MAX_DEPTH} indices in one another`);
  const index = parseManifest(readManifest(root.digest), root.mediaType);
  if (!('manifests' in index)) return [];
  return index.manifests.flatMap((child) => {
    if (isIndexType(child.mediaType)) return candidatesOf(child, readManifest, depth + 1);
    const platform = child.platform && `${child.platform.os}/${child.platform.architecture}`;
    return platform === UNKNOWN_PLATFORM ? [] : [{ root: child, platform }];
  });
}
