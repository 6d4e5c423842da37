import { type ErrorDetails, OrasError, type OrasErrorCode } from '../error.ts';
import type { RegistryErrorEntry } from './error-body.ts';

export interface RegistryErrorDetails extends ErrorDetails {
  /** What the registry's body said. */
  readonly entries?: readonly RegistryErrorEntry[];
  /** Whether the same request may succeed later. */
  readonly transient?: boolean;
  /** How long the registry asked to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** A failure that a registry, or the way to it, is the reason of. */
export class RegistryError extends OrasError {
  override readonly name: string = 'RegistryError';
  /** The codes in the registry's own words, such as `MANIFEST_BLOB_UNKNOWN`; servers make up their own. */
  readonly registryCodes: readonly string[];
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: OrasErrorCode, message: string, details: RegistryErrorDetails = {}) {
    super(code, message, details);
    this.registryCodes = (details.entries ?? []).map((entry) => entry.code).filter((text) => text !== '');
    this.transient = details.transient ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The last is for ECR's ReferencedImagesNotFoundException, whose spelling on the wire is not established. */
const MISSING_CONTENT = /^(?:MANIFEST_BLOB_UNKNOWN|BLOB_UNKNOWN|MANIFEST_UNKNOWN|NOT_FOUND|\w*IMAGES?_?NOT_?FOUND\w*)$/i;

/**
 * Whether a registry refused a manifest because it lacks what the manifest names (collected in the meantime, or HEAD lied):
 * push the children again, once. For errors of a manifest's push only.
 */
export function isContentMissing(error: unknown): boolean {
  return (
    error instanceof RegistryError && (error.status === 404 || error.registryCodes.some((code) => MISSING_CONTENT.test(code)))
  );
}
