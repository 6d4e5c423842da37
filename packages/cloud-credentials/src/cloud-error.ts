import { escapeControl, OrasError } from 'oras-js';

/** What this package throws beside oras-js's codes; bundle-spec lists them, with exit codes and remedies. */
export type CloudErrorCode = 'CLOUD_SIGN_IN_FAILED' | 'CLOUD_SDK_MISSING';

export class CloudError extends OrasError<CloudErrorCode> {
  override readonly name = 'CloudError';
}

/** A cloud, as the user signs in to it without us. */
export interface Cloud {
  readonly name: string;
  /** What its own program prints a password with, and what takes it. */
  readonly byHand: string;
}

const MAX_REASON = 300;

/** @param cause whatever an SDK threw; its message is capped and escaped, for endpoints and proxies write it, too */
export function signInFailed(cloud: Cloud, registry: string, cause: unknown): CloudError {
  return new CloudError('CLOUD_SIGN_IN_FAILED', `${registry}: signing in with ${cloud.name} failed: ${reasonOf(cause)}`, {
    remedy: `Repair that identity or what it may do; or sign in by hand: ${cloud.byHand}`,
    cause,
  });
}

export function sdkMissing(cloud: Cloud, registry: string, cause: unknown): CloudError {
  return new CloudError(
    'CLOUD_SDK_MISSING',
    `${registry} is signed in to with ${cloud.name}, and its SDK is not installed beside this program`,
    { remedy: `Sign in by hand: ${cloud.byHand}`, cause },
  );
}

export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return escapeControl(String(cause), MAX_REASON);
  const inner = cause instanceof AggregateError ? cause.errors[0] : undefined;
  const text = cause.message === '' && inner instanceof Error ? inner.message : cause.message;
  const name = /^(?:Error|GaxiosError|RangeError|AggregateError)$/.test(cause.name) ? '' : `${cause.name}: `;
  return escapeControl(`${name}${text}`.trim(), MAX_REASON);
}

/** Whether an `import()` found no such package; anything else that it throws is a fault of the package. */
export function isModuleMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
