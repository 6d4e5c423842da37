import { layoutOf } from '../layout/layout.ts';
import { MAX_MANIFEST_FILE_BYTES } from '../limits.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** Offsets are numbers: beyond 2^53 they would be wrong without a word. */
export function sizeContradictions(manifest: BundleManifest): string[] {
  const { totalSize } = layoutOf(manifest, MAX_MANIFEST_FILE_BYTES);
  return Number.isSafeInteger(totalSize) ? [] : ['files and blobs: more bytes than can be counted exactly (2^53)'];
}
