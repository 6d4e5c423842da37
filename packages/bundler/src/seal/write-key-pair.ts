import { createPublicKey } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { diskError, generateKeyPair, keyHint } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';

export interface WrittenKeyPair {
  readonly privateKeyPath: string;
  readonly publicKeyPath: string;
  readonly hint: string;
}

/** Only its owner may read a private key. */
const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/**
 * Writes `name.key` and `name.pub`; neither may exist.
 * @throws OUTPUT_EXISTS, DISK_FULL, FILE_ERROR; ABORTED before anything is written
 */
export async function writeKeyPair(
  name: string,
  { passphrase, signal }: OperationOptions & { readonly passphrase?: string | undefined } = {},
): Promise<WrittenKeyPair> {
  throwIfAborted(signal);
  const { privateKeyPem, publicKeyPem } = await generateKeyPair({ passphrase });
  throwIfAborted(signal);
  const [privateKeyPath, publicKeyPath] = [`${name}.key`, `${name}.pub`];
  await writeNew(privateKeyPath, privateKeyPem, PRIVATE_MODE);
  try {
    await writeNew(publicKeyPath, publicKeyPem, PUBLIC_MODE);
  } catch (error) {
    await rm(privateKeyPath);
    throw error;
  }
  return { privateKeyPath, publicKeyPath, hint: keyHint(createPublicKey(publicKeyPem)) };
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await using file = await open(path, 'wx', mode);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new AirgapError('OUTPUT_EXISTS', `${path} exists already`, {
        remedy:
          'A key that was overwritten is lost, and bundles signed with it cannot be told from forged ones: give another name.',
      });
    }
    const failure = diskError(error, path);
    if (failure instanceof AirgapError && failure.code === 'DISK_FULL') throw failure;
    throw new AirgapError('FILE_ERROR', `${path} cannot be written`, {
      remedy: 'Create its folder, or give a name in one that you may write to.',
      cause: error,
    });
  }
}
