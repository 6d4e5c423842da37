import {
  type BundleManifest,
  BundlePath,
  dockerArchiveOf,
  listingOf,
  OCI_LAYOUT_BYTES,
  ociIndexOf,
  type ReadManifest,
  readmeOf,
  sha256SumsOf,
} from '@zenml-airgap/bundle-spec';

/**
 * The content of each of DERIVED_PATHS: what the planner writes, and readers make again.
 * @param readManifest the bytes of an image manifest or index that the bundle carries
 */
export function derivedFiles(manifest: BundleManifest, readManifest: ReadManifest): Map<string, Uint8Array> {
  return new Map([
    [BundlePath.listing, listingOf(manifest)],
    [BundlePath.readme, readmeOf(manifest)],
    [BundlePath.sums, sha256SumsOf(manifest)],
    [BundlePath.ociLayout, OCI_LAYOUT_BYTES],
    [BundlePath.ociIndex, ociIndexOf(manifest)],
    [BundlePath.dockerArchive, dockerArchiveOf(manifest, readManifest)],
  ]);
}
