import type { OrasErrorCode } from 'oras-js';

/** Codes beside those of oras-js; what each means and what to do about it: `ERROR_CATALOGUE`. */
export type OwnErrorCode =
  // configuration and command line
  | 'USAGE'
  | 'FILE_NOT_FOUND'
  | 'FILE_ERROR'
  | 'INVALID_YAML'
  | 'INVALID_REQUEST'
  | 'UNKNOWN_VERSION'
  | 'NO_COMPATIBLE_VERSION'
  | 'MISSING_IMAGES'
  | 'DUPLICATE_REFERENCE'
  | 'NAME_TOO_LONG'
  | 'LOCK_MISSING'
  | 'LOCK_OUTDATED'
  | 'INVALID_LOCK'
  | 'INVALID_CHART'
  | 'HELM_FAILED'
  | 'INVALID_RECEIPT'
  // keys and signatures
  | 'INVALID_KEY'
  | 'NO_SIGNING_KEY'
  | 'PASSPHRASE_REQUIRED'
  | 'PASSPHRASE_WRONG'
  | 'NO_TRUSTED_KEYS'
  | 'SIGNATURE_MISSING'
  | 'SIGNATURE_INVALID'
  | 'SIGNATURE_UNTRUSTED'
  // the bundle
  | 'NOT_A_BUNDLE'
  | 'INCOMPLETE_BUNDLE'
  | 'UNSUPPORTED_FORMAT'
  | 'INVALID_BUNDLE_MANIFEST'
  | 'TRUNCATED_BUNDLE'
  | 'LAYOUT_MISMATCH'
  | 'FILE_MISMATCH'
  | 'MISSING_FILE'
  | 'UNLISTED_FILE'
  | 'NOT_PLANNED'
  // the identity that a machine has in a cloud
  | 'CLOUD_SIGN_IN_FAILED'
  | 'CLOUD_SDK_MISSING'
  // images that lie in no registry
  | 'INVALID_ARCHIVE'
  | 'DAEMON_UNAVAILABLE'
  // writing and loading
  | 'OUTPUT_EXISTS'
  | 'PARTIAL_OF_ANOTHER_PLAN'
  | 'PARTIAL_IN_USE'
  | 'NOT_ENOUGH_SPACE'
  | 'DISK_FULL'
  | 'CONFLICT'
  | 'TAG_WITHHELD'
  | 'CONFIRMATION_FAILED'
  | 'INTERNAL';

export type ErrorCode = OrasErrorCode | OwnErrorCode;
