import { createPublicKey, type KeyObject } from 'node:crypto';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { assertUsableKey } from './assert-usable-key.ts';
import { keyHint } from './key-hint.ts';

export interface TrustedKey {
  readonly hint: string;
  readonly publicKey: KeyObject;
  /** Where it came from, for messages: a file's path. */
  readonly source: string;
}

/**
 * Reads a public key in PEM (SPKI).
 * @throws INVALID_KEY, for a private key too: it has no business inside
 */
export function loadTrustedKey(pem: string, source: string): TrustedKey {
  if (pem.includes('PRIVATE KEY-----')) {
    throw new AirgapError('INVALID_KEY', `${source}: this is a private key; a verifier needs the public one`, {
      remedy: 'Carry only the .pub file inside, and keep the private key where bundles are built.',
    });
  }
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw new AirgapError('INVALID_KEY', `${source}: not a public key in PEM`, {
      remedy: 'The file has to begin with -----BEGIN PUBLIC KEY-----.',
      cause,
    });
  }
  assertUsableKey(publicKey, source);
  return { hint: keyHint(publicKey), publicKey, source };
}
