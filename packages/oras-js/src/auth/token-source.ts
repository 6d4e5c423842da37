import { createHash } from 'node:crypto';
import { RegistryError } from '../registry/registry-error.ts';
import type { HttpRequest, HttpResponse } from '../registry/send-request.ts';
import { SingleFlight } from '../registry/single-flight.ts';
import type { Credential } from './credential.ts';
import { type AccessToken, exchangeToken, type TokenRequest } from './exchange-token.ts';
import { coversScopes } from './scopes.ts';

interface CachedToken extends AccessToken {
  readonly audience: string;
  readonly scopes: readonly string[];
}

export type WantedToken = Omit<TokenRequest, 'signal'>;

/**
 * Access tokens, kept by (realm, service, credential, scopes) until shortly before they expire. Who wants the same token waits for
 * the same exchange; a credential that has not been accepted yet is tried once, however many scopes wait for it: token servers lock
 * accounts after parallel failures.
 */
export class TokenSource {
  readonly #send: (request: HttpRequest) => Promise<HttpResponse>;
  readonly #exchanges = new SingleFlight<AccessToken>();
  readonly #accepted = new Set<string>();
  readonly #refused = new Map<string, unknown>();
  readonly #firstTries = new Map<string, Promise<unknown>>();
  #tokens: CachedToken[] = [];

  /** @param send follows redirects without credentials, retries what heals */
  constructor(send: (request: HttpRequest) => Promise<HttpResponse>) {
    this.#send = send;
  }

  /** @returns the Authorization header. @throws as exchangeToken, ABORTED */
  async header(wanted: WantedToken, signal: AbortSignal | undefined): Promise<string> {
    const audience = audienceOf(wanted);
    const nowMs = performance.now();
    this.#tokens = this.#tokens.filter((token) => token.refreshAtMs > nowMs);
    const cached = this.#tokens.find((token) => token.audience === audience && coversScopes(token.scopes, wanted.scopes));
    if (cached) return cached.header;
    const key = JSON.stringify([audience, [...wanted.scopes].sort()]);
    const token = await this.#exchanges.join(key, (shared) => this.#exchange({ ...wanted, signal: shared }), signal);
    return token.header;
  }

  /** Drops a token that a registry refused. @returns whether it was still there: whoever else was refused it dropped it before */
  forget(header: string): boolean {
    const before = this.#tokens.length;
    this.#tokens = this.#tokens.filter((token) => token.header !== header);
    return this.#tokens.length < before;
  }

  async #exchange(request: TokenRequest): Promise<AccessToken> {
    const account = accountOf(request);
    while (!this.#accepted.has(account)) {
      if (this.#refused.has(account)) throw this.#refused.get(account);
      const other = this.#firstTries.get(account);
      if (!other) break;
      await other.catch(() => {});
    }
    const exchange = exchangeToken(request, this.#send);
    const isFirst = request.credential.kind !== 'anonymous' && !this.#accepted.has(account);
    if (isFirst) this.#firstTries.set(account, exchange);
    try {
      const token = await exchange;
      this.#accepted.add(account);
      this.#tokens.push({ ...token, audience: audienceOf(request), scopes: request.scopes });
      return token;
    } catch (error) {
      if (isFirst && error instanceof RegistryError && error.status === 401) this.#refused.set(account, error);
      throw error;
    } finally {
      if (isFirst) this.#firstTries.delete(account);
    }
  }
}

function audienceOf(request: WantedToken): string {
  return JSON.stringify([request.signIn.realm.href, request.signIn.service ?? '', credentialKey(request.credential)]);
}

function accountOf(request: WantedToken): string {
  return JSON.stringify([request.signIn.realm.origin, credentialKey(request.credential)]);
}

/** Tells credentials apart by what is sent, without keeping a second copy of the secret. */
export function credentialKey(credential: Credential): string {
  return createHash('sha256')
    .update(JSON.stringify(secretsOf(credential)))
    .digest('base64');
}

function secretsOf(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'anonymous':
      return [credential.kind];
    case 'basic':
      return [credential.kind, credential.username, credential.password];
    case 'identity-token':
    case 'registry-token':
      return [credential.kind, credential.token];
    default:
      return credential satisfies never;
  }
}
