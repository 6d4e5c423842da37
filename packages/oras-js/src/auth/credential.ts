import { canonicalRegistry } from '../content/docker-hub.ts';
import type { OperationOptions } from '../target/target.ts';

/** How to sign in to a registry. `source` says where it was found, for messages; it is no secret. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly source: string }
  /** Exchanged for access tokens (OAuth2 refresh token; `identitytoken` in Docker's file). */
  | { readonly kind: 'identity-token'; readonly token: string; readonly source: string }
  /** Sent to the registry as it is (`registrytoken` in Docker's file). */
  | { readonly kind: 'registry-token'; readonly token: string; readonly source: string }
  /** Sign in to nothing, and ask no further provider. */
  | { readonly kind: 'anonymous' };

/**
 * Finds the credential for a repository.
 * @param registry host[:port] as references name it: Docker Hub is `docker.io`
 * @param repository path below the host; empty where only the host is meant
 * @returns `undefined` where it has none: the next provider is asked
 */
export type CredentialProvider = (
  registry: string,
  repository: string,
  options?: OperationOptions,
) => Promise<Credential | undefined>;

/** The first credential that one of `providers` has, in their order. */
export function firstCredential(...providers: readonly CredentialProvider[]): CredentialProvider {
  return async (registry, repository, options) => {
    for (const provider of providers) {
      const credential = await provider(registry, repository, options);
      if (credential) return credential;
    }
    return undefined;
  };
}

export interface HostCredentials {
  /** host[:port], each as references name it; Docker Hub by any of its names */
  readonly hosts: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly source: string;
}

/** One account for `hosts`, and for no other: neither a subdomain nor another port. */
export function hostCredentials({ hosts, username, password, source }: HostCredentials): CredentialProvider {
  const allowed = new Set(hosts.map(canonicalRegistry));
  return async (registry) =>
    allowed.has(canonicalRegistry(registry)) ? { kind: 'basic', username, password, source } : undefined;
}
