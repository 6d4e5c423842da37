import { createHash, type KeyObject } from 'node:crypto';

/** How a signature names its key, as cosign does: base64 of the SHA-256 of the public key's SPKI DER. */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
