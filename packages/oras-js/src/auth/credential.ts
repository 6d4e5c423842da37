import { canonicalRegistry } from '../content/docker-hub.ts';
import type { OperationOptions } from '../target/target.ts';

/** What is known of a credential beside its secret; none of it is secret itself. */
export interface CredentialFacts {
  /** where it was found, for messages */
  readonly source: string;
  /** as `Date.now()`; the provider is asked for a fresh one shortly before. Absent: unknown, or never. */
  readonly expiresAtMs?: number | undefined;
  /** Whom to name to the registry's owner for access, such as an IAM role's ARN or a service account's e-mail. */
  readonly principal?: string | undefined;
}

/** How to sign in to a registry. */
export type Credential =
  | (CredentialFacts & { readonly kind: 'basic'; readonly username: string; readonly password: string })
  /** Exchanged for access tokens (OAuth2 refresh token; `identitytoken` in Docker's file). */
  | (CredentialFacts & { readonly kind: 'identity-token'; readonly token: string })
  /** Sent to the registry as it is (`registrytoken` in Docker's file). */
  | (CredentialFacts & { readonly kind: 'registry-token'; readonly token: string })
  /** Sign in to nothing, and ask no further provider. */
  | { readonly kind: 'anonymous' };

export interface CredentialLookupOptions extends OperationOptions {
  /** What was given before was refused or is about to expire: answer no cached one. */
  readonly fresh?: boolean | undefined;
}

/**
 * Finds the credential for a repository.
 * @param registry host[:port] as references name it: Docker Hub is `docker.io`
 * @param repository path below the host; empty where only the host is meant
 * @returns `undefined` where it has none: the next provider is asked
 */
export type CredentialProvider = (
  registry: string,
  repository: string,
  options?: CredentialLookupOptions,
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
