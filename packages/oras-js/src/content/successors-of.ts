import type { Descriptor } from './descriptor.ts';
import { isManifestType } from './media-types.ts';
import { parseManifest } from './parse-manifest.ts';

/**
 * What has to be at the destination before this manifest: its config and layers, or an index's manifests, in their order.
 * `subject` is none of them: it points the other way. What is no manifest has none.
 * @throws INVALID_MANIFEST
 */
export function successorsOf(mediaType: string, bytes: Uint8Array): Descriptor[] {
  if (!isManifestType(mediaType)) return [];
  const manifest = parseManifest(bytes, mediaType);
  return 'manifests' in manifest ? [...manifest.manifests] : [manifest.config, ...manifest.layers];
}
