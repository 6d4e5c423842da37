import { RegistryError } from '../registry/registry-error.ts';

/**
 * Whether a refusal says that the credential has expired. ECR answers so with 403 (JSON or plain text), ECR Public with 400, both
 * without a challenge (containers-roadmap#2835, deis/builder#426).
 */
export function saysExpired(error: unknown): error is RegistryError {
  return (
    error instanceof RegistryError &&
    !error.transient &&
    (error.status === 400 || error.status === 401 || error.status === 403) &&
    /token has expired/i.test(error.message)
  );
}
