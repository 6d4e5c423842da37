import { join } from 'node:path';

export interface Places {
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
}

/** `$XDG_STATE_HOME/zenml-airgap/receipts`: on this machine, never on the medium that the bundle came on. */
export function receiptFolder({ env, homeDirectory }: Places): string {
  const state = env.XDG_STATE_HOME;
  return join(state?.startsWith('/') ? state : join(homeDirectory, '.local', 'state'), 'zenml-airgap', 'receipts');
}

/** One file for each load: when, and of which bundle. */
export function receiptName(time: string, bundleDigest: string, processId: number): string {
  return `${time.replaceAll(':', '')}-${bundleDigest.replace(/^sha\d+:/, '').slice(0, 12)}-${processId}.jsonl`;
}
