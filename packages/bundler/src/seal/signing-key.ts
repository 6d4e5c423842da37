import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { keyHint, loadPrivateKey } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, OrasError, throwIfAborted } from 'oras-js';

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** How a signature names it. */
  readonly hint: string;
}

/**
 * Reads and decrypts the signing key: before the first download, for nobody wants to hear of it an hour later.
 * @param askPassphrase called only for a key that is encrypted; undefined where there is none to be had
 * @throws FILE_NOT_FOUND, INVALID_KEY, PASSPHRASE_REQUIRED, PASSPHRASE_WRONG, ABORTED
 */
export async function readSigningKey(
  path: string,
  askPassphrase: () => Promise<string | undefined>,
  { signal }: OperationOptions = {},
): Promise<SigningKey> {
  throwIfAborted(signal);
  const pem = await readPem(path, signal);
  const privateKey = await load(pem, path, askPassphrase);
  return { privateKey, hint: keyHint(createPublicKey(privateKey)) };
}

async function load(pem: string, path: string, askPassphrase: () => Promise<string | undefined>): Promise<KeyObject> {
  try {
    return loadPrivateKey(pem, undefined, path);
  } catch (error) {
    if (!(error instanceof OrasError) || error.code !== 'PASSPHRASE_REQUIRED') throw error;
    const passphrase = await askPassphrase();
    if (passphrase === undefined) throw error;
    return loadPrivateKey(pem, passphrase, path);
  }
}

/** A key of RSA 16384 has 13 KiB. */
const MAX_KEY_BYTES = 64 * 1024;

async function readPem(path: string, signal: AbortSignal | undefined): Promise<string> {
  let pem: string;
  try {
    pem = await text(createReadStream(path, { end: MAX_KEY_BYTES, signal }));
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new AirgapError('FILE_NOT_FOUND', `the signing key ${path} does not exist`, {
        remedy: 'zenml-bundler keygen makes a key pair; name its .key file in signing.key or with --key.',
      });
    }
    throw new AirgapError('FILE_ERROR', `the signing key ${path} cannot be read`, { cause: error });
  }
  if (pem.length > MAX_KEY_BYTES) {
    throw new AirgapError('INVALID_KEY', `the signing key ${path} has more than ${MAX_KEY_BYTES} bytes: that is no key`);
  }
  return pem;
}
