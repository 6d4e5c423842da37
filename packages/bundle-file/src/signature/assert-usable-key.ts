import type { KeyObject } from 'node:crypto';
import { AirgapError } from '@zenml-airgap/bundle-spec';

const MIN_RSA_BITS = 2048; // NIST SP 800-57 part 1 rev. 5, table 2: below is disallowed

/** ECDSA P-256 and RSA are what cosign, @sigstore/verify and `openssl dgst` all take. */
export function assertUsableKey(key: KeyObject, source: string): void {
  const kind = key.asymmetricKeyType;
  const details = key.asymmetricKeyDetails;
  if (kind === 'ec' && details?.namedCurve === 'prime256v1') return;
  if (kind === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return;
  throw new AirgapError('INVALID_KEY', `${source}: ${whyNot(kind, details)}`, {
    remedy: 'Use an ECDSA P-256 key (`zenml-bundler keygen` makes one) or an RSA key of at least 2048 bits.',
  });
}

function whyNot(kind: string | undefined, details: KeyObject['asymmetricKeyDetails']): string {
  if (kind === 'ed25519') return 'an Ed25519 key: @sigstore/verify and `openssl dgst` cannot check its signatures';
  if (kind === 'ec') return `an elliptic curve key on ${details?.namedCurve ?? 'an unknown curve'}, not on P-256`;
  if (kind === 'rsa') return `an RSA key of ${details?.modulusLength ?? 0} bits is too short`;
  return `a key of type ${kind ?? 'unknown'} cannot sign bundles`;
}
