import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { keyHint } from './key-hint.ts';
import { encodeSigstoreBundle } from './sigstore-bundle.ts';

/**
 * Signs the exact bytes of a bundle's manifest.
 * @returns a Sigstore bundle v0.3 in JSON, unpadded; `cosign verify-blob` accepts it
 */
export function signManifest(manifestBytes: Uint8Array, privateKey: KeyObject): Uint8Array {
  return encodeSigstoreBundle({
    hint: keyHint(createPublicKey(privateKey)),
    messageDigest: createHash('sha256').update(manifestBytes).digest(),
    signature: sign('sha256', manifestBytes, privateKey),
  });
}
