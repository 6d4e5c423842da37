import { BundleReader } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { keyFolders } from '../verify/find-trusted-keys.ts';
import type { RunContext, TrustOptions } from './define-program.ts';
import { trustedKeys } from './trusted-keys.ts';

/**
 * Opens a bundle against the trusted keys: its head is checked then, its blobs are when they are read.
 * @throws NO_TRUSTED_KEYS, and what BundleReader.open throws
 */
export async function openBundle(path: string, options: TrustOptions, run: RunContext): Promise<BundleReader> {
  const allowUnsigned = options.insecureAllowUnsigned === true;
  const keys = await trustedKeys(options, run);
  if (keys.length === 0 && !allowUnsigned) {
    throw new AirgapError(
      'NO_TRUSTED_KEYS',
      `no trusted key: --key was not given, and there is no usable *.pub or *.pem in ${keyFolders(run.environment).join(' or ')}`,
    );
  }
  return BundleReader.open(path, { keys, allowUnsigned, signal: run.signal });
}
