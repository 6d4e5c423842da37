// parseRequest is not here but in `@zenml-airgap/bundle-spec/request`: it loads the YAML parser and semver, which verifying has no use for.

export { formatBundleManifest } from './bundle-manifest/format-bundle-manifest.ts';
export { parseBundleManifest } from './bundle-manifest/parse-bundle-manifest.ts';
export { defaultChartsDestination, destinationReference, relativeReference } from './destination-reference.ts';
export { AirgapError, type AirgapErrorDetails } from './errors/airgap-error.ts';
export type { CatalogueEntry } from './errors/catalogue-entry.ts';
export { ERROR_CATALOGUE } from './errors/error-catalogue.ts';
export type { ErrorCode, OwnErrorCode } from './errors/error-code.ts';
export { EXIT_CODE_MEANINGS, ExitCode } from './errors/exit-code.ts';
export { exitCodeOf, isErrorCode } from './errors/exit-code-of.ts';
export { remedyOf } from './errors/remedy-of.ts';
export { dockerArchiveOf, type ReadManifest } from './files/docker-archive-of.ts';
export { listingOf } from './files/listing-of.ts';
export { OCI_LAYOUT_BYTES, ociIndexOf } from './files/oci-index-of.ts';
export { readmeOf } from './files/readme-of.ts';
export { sha256SumsOf } from './files/sha256-sums-of.ts';
export { encodeTarHeader, mtimeSecondsOf, type TarEntry } from './layout/encode-tar-header.ts';
export { type Layout, type LayoutEntry, layoutOf } from './layout/layout.ts';
export { MAX_LOCK_BYTES, MAX_MANIFEST_FILE_BYTES, MAX_REQUEST_BYTES } from './limits.ts';
export { formatLock } from './lock/format-lock.ts';
export { parseLock } from './lock/parse-lock.ts';
export { BLOCK_BYTES, BundlePath, blobPath, chartPath, DERIVED_PATHS, SIGNATURE_BYTES } from './paths.ts';
export { formatReceiptEntry } from './receipt/format-receipt-entry.ts';
export { parseReceipt } from './receipt/parse-receipt.ts';
export { type CompleteRequest, completeRequest } from './request/complete-request.ts';
export { requestHash } from './request/request-hash.ts';
export {
  type Artifact,
  type ArtifactKind,
  artifactSchema,
  type Blob,
  BUNDLE_MANIFEST_TYPE,
  type BundleFile,
  type BundleManifest,
  bundleManifestSchema,
  type Destination,
  type MissingImage,
  type Scenario,
} from './schemas/bundle-manifest.ts';
export { type ChartImage, type ExaminedChart, type Lock, lockSchema } from './schemas/lock.ts';
export { type ReceiptEntry, receiptEntrySchema } from './schemas/receipt.ts';
export { type Request, type RequestedImage, requestSchema } from './schemas/request.ts';
