/** Every code that oras-js throws; bundle-spec lists them too, with exit codes and remedies. */
export type OrasErrorCode =
  | 'INVALID_REFERENCE'
  | 'INVALID_DIGEST'
  | 'INVALID_DESCRIPTOR'
  | 'INVALID_PLATFORM'
  | 'INVALID_MANIFEST'
  | 'INVALID_RESPONSE'
  | 'INVALID_CREDENTIALS_FILE'
  | 'CREDENTIAL_HELPER_FAILED'
  | 'INVALID_LAYOUT'
  | 'NOT_FOUND'
  | 'PLATFORM_ABSENT'
  | 'DIGEST_MISMATCH'
  | 'SIZE_MISMATCH'
  | 'TOO_LARGE'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'TAG_IMMUTABLE'
  | 'WITHHELD'
  | 'RATE_LIMITED'
  | 'CERTIFICATE_UNTRUSTED'
  | 'CONNECTION_FAILED'
  | 'REGISTRY_ERROR'
  | 'UNSUPPORTED'
  | 'ABORTED';

export interface ErrorDetails {
  /** What the user can do about it, as a full sentence. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
  /** Which end of a copy failed. */
  readonly side?: 'source' | 'destination' | undefined;
  /** The registry's status, where one answered. */
  readonly status?: number | undefined;
}

/**
 * The one error shape of the library: `message` says what and where, `remedy` what to do.
 * Callers branch on `code`, never on text.
 */
export class OrasError<Code extends string = OrasErrorCode> extends Error {
  override readonly name: string = 'OrasError';
  readonly code: Code;
  readonly remedy: string | undefined;
  readonly side: 'source' | 'destination' | undefined;
  readonly status: number | undefined;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.side = details.side;
    this.status = details.status;
  }
}
