import type { TrustedKey } from '@zenml-airgap/bundle-file';
import { findTrustedKeys, keyFolders } from '../verify/find-trusted-keys.ts';
import type { RunContext, TrustOptions } from './define-program.ts';

/** The keys of `--key`, else the installed ones; what was skipped among those is told. */
export function trustedKeys({ key }: TrustOptions, { environment, terminal, signal }: RunContext): Promise<TrustedKey[]> {
  const onSkipped = (note: string): void => terminal.note(note);
  return findTrustedKeys({ files: key, folders: keyFolders(environment) }, { onSkipped, signal });
}
