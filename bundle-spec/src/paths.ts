/** Names of a bundle's entries, in the order of the tar (SPEC.md, "Layout"). */
export const BundlePath = {
  manifest: 'bundle-manifest.json',
  signature: 'bundle-manifest.json.sigstore.json',
  listing: 'manifest.txt',
  readme: 'README.txt',
  sums: 'SHA256SUMS',
  ociLayout: 'oci-layout',
  ociIndex: 'index.json',
  dockerArchive: 'manifest.json',
} as const;

/** The files before the charts, in the tar's order: what they say follows from the manifest. */
export const DERIVED_PATHS: readonly string[] = [
  BundlePath.listing,
  BundlePath.readme,
  BundlePath.sums,
  BundlePath.ociLayout,
  BundlePath.ociIndex,
  BundlePath.dockerArchive,
];

/** The signature's entry is always this long, padded with JSON whitespace, so that no offset depends on the key. */
export const SIGNATURE_BYTES = 8192;

/** A tar block, and so a header. */
export const BLOCK_BYTES = 512;

export function chartPath(name: string, version: string): string {
  return `charts/${name}-${version}.tgz`;
}

export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
