/** `bundle-manifest.json`: tens of thousands of blobs need less. */
export const MAX_MANIFEST_FILE_BYTES = 64 * 1024 * 1024;

/** `zenml-bundle.yaml`: a person wrote it. */
export const MAX_REQUEST_BYTES = 1024 * 1024;

/** `zenml-bundle.lock.json` */
export const MAX_LOCK_BYTES = 64 * 1024 * 1024;
