import { digestAlgorithm, digestHex } from 'oras-js';
import { BundlePath, blobPath } from '../paths.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** What lies before SHA256SUMS in the tar, and so is not in it. */
const BEFORE: readonly string[] = [BundlePath.listing, BundlePath.readme, BundlePath.sums];

/** `SHA256SUMS`: everything that follows it in the tar, in its order, as `sha256sum --check` reads it. */
export function sha256SumsOf(manifest: Pick<BundleManifest, 'files' | 'blobs'>): Uint8Array {
  const listed = [
    ...manifest.files.filter((file) => !BEFORE.includes(file.path)),
    ...manifest.blobs.map((blob) => ({ path: blobPath(blob.digest), digest: blob.digest })),
  ];
  const lines = listed
    .filter(({ digest }) => digestAlgorithm(digest) === 'sha256')
    .map(({ path, digest }) => `${digestHex(digest)}  ${path}\n`);
  return new TextEncoder().encode(lines.join(''));
}
