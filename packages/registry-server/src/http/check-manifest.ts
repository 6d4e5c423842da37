import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isManifestType,
  OrasError,
  parseManifest,
  successorsOf,
} from 'oras-js';
import type { WritableStorage } from '../storage/registry-storage.ts';
import { RegistryFailure } from './registry-failure.ts';

/** A manifest that is sound, and all of whose children are in the repository already. @throws RegistryFailure */
export async function checkManifest(
  storage: WritableStorage,
  repository: string,
  { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array },
): Promise<ImageManifest | ImageIndex> {
  const manifest = parse(bytes, mediaType);
  const missing: Descriptor[] = [];
  for (const child of new Map(successorsOf(mediaType, bytes).map((child) => [child.digest, child])).values()) {
    // Layers that live elsewhere, by their own word, are not pushed.
    if (child.urls && child.urls.length > 0) continue;
    const found = isManifestType(child.mediaType)
      ? (await storage.manifest(repository, child.digest))?.size
      : await storage.blobSize(repository, child.digest);
    if (found === undefined) missing.push(child);
    else if (found !== child.size) {
      throw new RegistryFailure(400, 'MANIFEST_INVALID', `${child.digest} has ${found} bytes, the manifest says ${child.size}`);
    }
  }
  if (missing.length === 0) return manifest;
  throw new RegistryFailure(
    400,
    'MANIFEST_BLOB_UNKNOWN',
    `the repository lacks ${missing.map(({ digest }) => digest).join(', ')}`,
    {
      detail: missing.map(({ digest }) => ({ digest })),
    },
  );
}

function parse(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex {
  try {
    return parseManifest(bytes, mediaType);
  } catch (error) {
    if (error instanceof OrasError) throw new RegistryFailure(400, 'MANIFEST_INVALID', error.message);
    throw error;
  }
}
