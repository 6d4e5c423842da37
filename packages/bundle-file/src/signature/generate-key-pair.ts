import { generateKeyPair as generate } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeyPair {
  /** PKCS#8, encrypted where a passphrase was given. */
  readonly privateKeyPem: string;
  /** SPKI, as `cosign verify-blob --key` and `openssl dgst -verify` read it. */
  readonly publicKeyPem: string;
}

/** A new ECDSA P-256 key pair. Without `passphrase` the private key is plain. */
export async function generateKeyPair(options: { readonly passphrase?: string | undefined } = {}): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generate)('ec', { namedCurve: 'P-256' });
  const encryption = options.passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: options.passphrase };
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
