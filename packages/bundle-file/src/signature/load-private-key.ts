import { createPrivateKey, type KeyObject } from 'node:crypto';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { assertUsableKey } from './assert-usable-key.ts';

const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;
const COSIGN_ENCRYPTED = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----/;
const PUBLIC = /-----BEGIN (?:RSA )?PUBLIC KEY-----/;

/**
 * Reads a signing key: PEM, PKCS#8, encrypted or plain.
 * @param source how messages name the key, such as its file
 * @throws PASSPHRASE_REQUIRED, PASSPHRASE_WRONG, INVALID_KEY
 */
export function loadPrivateKey(pem: string, passphrase?: string, source = 'private key'): KeyObject {
  if (COSIGN_ENCRYPTED.test(pem)) {
    throw new AirgapError('INVALID_KEY', `${source}: encrypted by cosign (scrypt and XSalsa20), which Node cannot read`, {
      remedy: 'Make a key with `zenml-bundler keygen`; cosign verifies its signatures.',
    });
  }
  if (PUBLIC.test(pem)) {
    throw new AirgapError('INVALID_KEY', `${source}: this is a public key, and signing needs the private one`, {
      remedy: 'Name the private key file (`zenml-bundler keygen` writes NAME.key beside NAME.pub).',
    });
  }
  const encrypted = ENCRYPTED.test(pem);
  if (encrypted && passphrase === undefined) {
    throw new AirgapError('PASSPHRASE_REQUIRED', `${source}: the private key is encrypted and no passphrase was given`, {
      remedy: 'Set ZENML_BUNDLE_PASSPHRASE, use --passphrase-fd, or run in a terminal, which asks.',
    });
  }
  const key = parse(pem, encrypted ? passphrase : undefined, source);
  assertUsableKey(key, source);
  return key;
}

function parse(pem: string, passphrase: string | undefined, source: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    if (passphrase === undefined) {
      throw new AirgapError('INVALID_KEY', `${source}: not a private key in PEM`, {
        remedy: 'The file has to begin with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----.',
        cause,
      });
    }
    // A wrong passphrase decrypts to noise, which OpenSSL reports as whatever the noise looks like.
    throw new AirgapError('PASSPHRASE_WRONG', `${source}: the passphrase does not open the private key`, {
      remedy: 'Give the passphrase that the key was made with; if it is right, the key file is damaged.',
      cause,
    });
  }
}
