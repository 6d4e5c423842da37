import type { OrasError } from '../error.ts';
import { RegistryError } from '../registry/registry-error.ts';
import type { HttpRequest, HttpResponse } from '../registry/send-request.ts';
import { SingleFlight } from '../registry/single-flight.ts';
import type { Credential, CredentialProvider } from './credential.ts';
import { CredentialCache } from './credential-cache.ts';
import { basicHeader } from './exchange-token.ts';
import { saysExpired } from './says-expired.ts';
import { coversScopes } from './scopes.ts';
import { readSignIn, type SignIn } from './sign-in.ts';
import { credentialKey, TokenSource } from './token-source.ts';

export interface Errand {
  /** path below the host; decides which credential is used */
  readonly repository: string;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal | undefined;
}

export interface AuthorizerOptions {
  /** host[:port] as references name it */
  readonly registry: string;
  readonly credentials: CredentialProvider;
  /** Follows redirects without credentials. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Asks the registry's `/v2/` with an Authorization header. @throws UNAUTHORIZED where it is refused */
  readonly tryHeader: (header: string, signal: AbortSignal) => Promise<void>;
}

/** Signs requests to one registry in, with whatever it wants and the user has. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #tokens: TokenSource;
  readonly #credentials: CredentialCache;
  /** What a 401 asked for where the first contact had asked for nothing, by repository: reading may be free, writing not. */
  readonly #told = new Map<string, SignIn>();
  /**
   * What a 401 to an errand asked for that the first contact does not lead to: an Artifactory names a token server for each of its
   * repositories, and scopes without the repository's first part. A body is sent once, so it has to be signed in right at once.
   */
  readonly #ownSignIn = new Map<string, SignIn>();
  readonly #basicChecks = new SingleFlight<RegistryError | undefined>();
  readonly #basicResults = new Map<string, RegistryError | undefined>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#tokens = new TokenSource(options.send);
    this.#credentials = new CredentialCache(options.registry, options.credentials);
  }

  /**
   * The Authorization header for an errand, if any. Where the registry asks for none, no credential is looked up: a broken helper
   * is not in the way then.
   * @throws UNAUTHORIZED where the credential itself is refused; and what providers throw
   */
  async header(signIn: SignIn, errand: Errand): Promise<string | undefined> {
    const own = this.#ownSignIn.get(keyOf(errand));
    const asked = own ?? (signIn.scheme === 'none' ? this.#told.get(errand.repository) : signIn);
    return asked && this.#signedIn(asked, errand);
  }

  async #signedIn(signIn: SignIn, errand: Errand): Promise<string | undefined> {
    const credential = await this.#credentials.get(errand.repository, errand.signal);
    try {
      return await this.#headerFor(signIn, credential, errand);
    } catch (error) {
      if (!isNotAccepted(error) || credential.kind === 'anonymous') throw error;
      // Refused: a helper or a cloud may have another one by now.
      const fresh = await this.#credentials.renew(errand.repository, errand.signal);
      if (fresh.kind === 'anonymous' || credentialKey(fresh) === credentialKey(credential)) {
        throw this.#notAccepted(error, credential);
      }
      return this.#headerFor(signIn, fresh, errand).catch((again) => {
        throw isNotAccepted(again) ? this.#notAccepted(again, fresh) : again;
      });
    }
  }

  /**
   * After a 401 to a real request: what to try once more with.
   * @param sent the refused header
   * @returns `undefined` where there is nothing else to try
   */
  async headerAfter(refusal: HttpResponse, sent: string | undefined, known: SignIn, errand: Errand): Promise<string | undefined> {
    // A credential helper or a cloud may have a fresh one; who was refused the same one a moment ago has asked already.
    const credential = this.#credentials.known(errand.repository);
    const isTokenGone = sent !== undefined && this.#tokens.forget(sent);
    const isUsed = isTokenGone || (sent !== undefined && credential !== undefined && plainHeader(credential) === sent);
    if (isUsed) await this.#credentials.renew(errand.repository, errand.signal);
    const told = readSignIn(refusal.headers['www-authenticate'], refusal.url);
    const before = known.scheme === 'none' ? (this.#told.get(errand.repository) ?? known) : known;
    // Harbor answers Basic to any refused token: what the ping said stays true.
    const signIn = told === undefined || (before.scheme === 'bearer' && told.scheme === 'basic') ? before : told;
    // Its scope is this one request's.
    if (known.scheme === 'none') this.#told.set(errand.repository, 'scope' in signIn ? { ...signIn, scope: undefined } : signIn);
    if (told && isOther(told, known, errand)) this.#ownSignIn.set(keyOf(errand), told);
    const header = await this.#signedIn(signIn, errand);
    return header === sent ? undefined : header;
  }

  /** Makes a final 401 say whose account was refused. */
  async explain(error: RegistryError, errand: Errand, sent: string | undefined): Promise<OrasError> {
    const isExpired = saysExpired(error);
    if (error.code !== 'UNAUTHORIZED' && !isExpired) return error;
    const { registry } = this.#options;
    const credential = await this.#credentials.get(errand.repository, errand.signal);
    const details =
      credential.kind === 'anonymous'
        ? { text: 'no credential was found for it', remedy: `Sign in with: docker login ${registry}` }
        : sent === undefined
          ? {
              text: `the registry offers no way to sign in, so the account from ${credential.source} was not used`,
              remedy: NO_SIGN_IN_REMEDY,
            }
          : { text: `the account is from ${credential.source}`, remedy: isExpired ? EXPIRED_REMEDY : UNAUTHORIZED_REMEDY };
    return new RegistryError('UNAUTHORIZED', `${error.message} (${details.text})`, {
      status: error.status ?? 401,
      remedy: details.remedy,
      cause: error,
    });
  }

  async #headerFor(signIn: SignIn, credential: Credential, errand: Errand): Promise<string | undefined> {
    if (credential.kind === 'registry-token') return plainHeader(credential);
    switch (signIn.scheme) {
      case 'none':
        return undefined;
      case 'basic':
        return this.#basic(credential, errand.signal);
      case 'bearer':
        return this.#token(signIn, signIn.scope === undefined ? errand.scopes : [signIn.scope], credential, errand);
      default:
        return signIn satisfies never;
    }
  }

  #notAccepted(error: RegistryError, { source }: Credential & { readonly source: string }): RegistryError {
    const isExpired = saysExpired(error);
    const fault = isExpired ? 'has expired' : 'is not accepted';
    const text = `${this.#options.registry}: the user name or password from ${source} ${fault}`;
    return new RegistryError('UNAUTHORIZED', `${text} (the registry answered ${error.status})`, {
      status: error.status,
      remedy: isExpired
        ? EXPIRED_REMEDY
        : 'Correct them, or sign in again. Some registries lock an account for a while after failures.',
      cause: error,
    });
  }

  /** A password is tried once before anything runs in parallel with it: registries lock accounts after parallel failures. */
  async #basic(credential: Credential, signal: AbortSignal | undefined): Promise<string | undefined> {
    const header = basicHeader(credential);
    if (header === undefined) return undefined;
    const key = credentialKey(credential);
    if (!this.#basicResults.has(key)) {
      const result = await this.#basicChecks.join(key, (shared) => this.#tryBasic(header, shared), signal);
      this.#basicResults.set(key, result);
    }
    const refusal = this.#basicResults.get(key);
    if (refusal) throw refusal;
    return header;
  }

  async #tryBasic(header: string, signal: AbortSignal): Promise<RegistryError | undefined> {
    try {
      await this.#options.tryHeader(header, signal);
      return undefined;
    } catch (error) {
      if (isNotAccepted(error)) return error;
      throw error;
    }
  }

  async #token(
    signIn: SignIn & { readonly scheme: 'bearer' },
    scopes: readonly string[],
    credential: Credential,
    { signal }: Errand,
  ): Promise<string> {
    return this.#tokens.header({ signIn, scopes, credential, registry: this.#options.registry }, signal);
  }
}

/** Whether a token by the first contact's word, for the scopes that are usual, could not have been what `told` asks for. */
function isOther(told: SignIn, known: SignIn, { scopes }: Errand): boolean {
  if (told.scheme !== 'bearer' || known.scheme !== 'bearer') return false;
  if (told.realm.href !== known.realm.href || told.service !== known.service) return true;
  const granted = told.scope?.split(' ') ?? [];
  return granted.length > 0 && !scopes.some((scope) => coversScopes(granted, [scope]));
}

function keyOf({ repository, scopes }: Errand): string {
  return JSON.stringify([repository, scopes]);
}

/** The credential itself was refused, not what it was used for. */
function isNotAccepted(error: unknown): error is RegistryError {
  return (error instanceof RegistryError && error.code === 'UNAUTHORIZED') || saysExpired(error);
}

/** The header of a credential that needs no exchange. */
function plainHeader(credential: Credential): string | undefined {
  return credential.kind === 'registry-token' ? `Bearer ${credential.token}` : basicHeader(credential);
}

const NO_SIGN_IN_REMEDY =
  'A 401 has to come with a WWW-Authenticate header: look at the proxies before the registry, which may take it away.';
const UNAUTHORIZED_REMEDY =
  'Check user name and password. Registries answer so, too, where the account may not do this, or the repository or project does not exist.';
const EXPIRED_REMEDY =
  'Sign in again. The passwords of Amazon ECR live for 12 hours, those of Google for one: a credential helper renews them.';
