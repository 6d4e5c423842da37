import type { Credential, OutboundAgents } from 'oras-js';

/** What a cloud's sign-in gets from whoever uses this package. */
export interface CloudContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Made when a cloud is asked for the first time. */
  readonly agents: () => OutboundAgents;
  readonly onContact: (host: string) => void;
}

/** Signs in anew: what was found, or why there is nobody to be. */
export type SignIn = (
  registry: string,
  signal: AbortSignal,
) => Promise<{ readonly credential: Credential } | { readonly absent: string }>;
