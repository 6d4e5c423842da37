import { BundleReader } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { findTrustedKeys, keyFolders } from '../verify/find-trusted-keys.ts';
import type { RunContext, TrustOptions } from './define-program.ts';

/**
 * Opens a bundle against the trusted keys: its head is checked then, its blobs are when they are read.
 * @throws NO_TRUSTED_KEYS, and what BundleReader.open throws
 */
export async function openBundle(
  path: string,
  options: TrustOptions,
  { environment, signal }: RunContext,
): Promise<BundleReader> {
  const allowUnsigned = options.insecureAllowUnsigned === true;
  const folders = keyFolders(environment);
  const keys = await findTrustedKeys({ files: options.key, folders });
  if (keys.length === 0 && !allowUnsigned) {
    throw new AirgapError(
      'NO_TRUSTED_KEYS',
      `no trusted key: --key was not given, and there is no *.pub or *.pem in ${folders.join(' or ')}`,
    );
  }
  return BundleReader.open(path, { keys, allowUnsigned, signal });
}
