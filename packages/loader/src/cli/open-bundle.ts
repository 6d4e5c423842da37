import { BundleReader } from '@zenml-airgap/bundle-file';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { keyFolders } from '../verify/find-trusted-keys.ts';
import type { RunContext, TrustOptions } from './define-program.ts';
import { lackOfTrust } from './lack-of-trust.ts';
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
  // A key that was named has to fit: whoever names one does not mean another signer's bundle.
  const allowUntrusted = allowUnsigned && options.key.length === 0;
  const reader = await BundleReader.open(path, { keys, allowUnsigned, allowUntrusted, signal: run.signal });
  const lack = lackOfTrust(reader);
  if (lack !== undefined) run.terminal.note(`warning: the bundle is ${lack}: anyone may have made it`);
  return reader;
}
