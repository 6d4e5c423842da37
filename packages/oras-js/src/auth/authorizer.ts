import type { OrasError } from '../error.ts';
import { RegistryError } from '../registry/registry-error.ts';
import type { HttpRequest, HttpResponse } from '../registry/send-request.ts';
import { SingleFlight } from '../registry/single-flight.ts';
import type { Credential, CredentialProvider } from './credential.ts';
import { basicHeader } from './exchange-token.ts';
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

const ANONYMOUS: Credential = { kind: 'anonymous' };

/** Signs requests to one registry in, with whatever it wants and the user has. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #tokens: TokenSource;
  readonly #lookups = new SingleFlight<Credential>();
  readonly #found = new Map<string, Credential>();
  /** What a 401 asked for where the first contact had asked for nothing, by repository: reading may be free, writing not. */
  readonly #told = new Map<string, SignIn>();
  readonly #basicChecks = new SingleFlight<RegistryError | undefined>();
  readonly #basicResults = new Map<string, RegistryError | undefined>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#tokens = new TokenSource(options.send);
  }

  /**
   * The Authorization header for an errand, if any. Where the registry asks for none, no credential is looked up: a broken helper
   * is not in the way then.
   * @throws UNAUTHORIZED where the credential itself is refused; and what providers throw
   */
  async header(signIn: SignIn, errand: Errand): Promise<string | undefined> {
    const asked = signIn.scheme === 'none' ? this.#told.get(errand.repository) : signIn;
    return asked && this.#signedIn(asked, errand);
  }

  async #signedIn(signIn: SignIn, errand: Errand): Promise<string | undefined> {
    const credential = await this.#credential(errand);
    if (credential.kind === 'registry-token') return `Bearer ${credential.token}`;
    try {
      return await this.#headerFor(signIn, credential, errand);
    } catch (error) {
      throw error instanceof RegistryError && error.code === 'UNAUTHORIZED' ? this.#notAccepted(error, credential) : error;
    }
  }

  /**
   * After a 401 to a real request: what to try once more with.
   * @param sent the refused header
   * @returns `undefined` where there is nothing else to try
   */
  async headerAfter(refusal: HttpResponse, sent: string | undefined, known: SignIn, errand: Errand): Promise<string | undefined> {
    if (sent !== undefined) this.#tokens.forget(sent);
    // A credential helper may have a fresh one.
    this.#found.delete(errand.repository);
    const told = readSignIn(refusal.headers['www-authenticate'], refusal.url);
    const before = known.scheme === 'none' ? (this.#told.get(errand.repository) ?? known) : known;
    // Harbor answers Basic to any refused token: what the ping said stays true.
    const signIn = told === undefined || (before.scheme === 'bearer' && told.scheme === 'basic') ? before : told;
    // Its scope is this one request's.
    if (known.scheme === 'none') this.#told.set(errand.repository, 'scope' in signIn ? { ...signIn, scope: undefined } : signIn);
    const header = await this.#signedIn(signIn, errand);
    return header === sent ? undefined : header;
  }

  /** Makes a final 401 say whose account was refused. */
  async explain(error: RegistryError, errand: Errand, sent: string | undefined): Promise<OrasError> {
    if (error.code !== 'UNAUTHORIZED') return error;
    const { registry } = this.#options;
    const credential = await this.#credential(errand);
    const details =
      credential.kind === 'anonymous'
        ? { text: 'no credential was found for it', remedy: `Sign in with: docker login ${registry}` }
        : sent === undefined
          ? {
              text: `the registry offers no way to sign in, so the account from ${credential.source} was not used`,
              remedy: NO_SIGN_IN_REMEDY,
            }
          : { text: `the account is from ${credential.source}`, remedy: UNAUTHORIZED_REMEDY };
    return new RegistryError('UNAUTHORIZED', `${error.message} (${details.text})`, {
      status: 401,
      remedy: details.remedy,
      cause: error,
    });
  }

  async #headerFor(signIn: SignIn, credential: Credential, errand: Errand): Promise<string | undefined> {
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

  #notAccepted(error: RegistryError, credential: Credential): RegistryError {
    if (credential.kind === 'anonymous') return error;
    const text = `${this.#options.registry}: the user name or password from ${credential.source} is not accepted`;
    return new RegistryError('UNAUTHORIZED', `${text} (the registry answered ${error.status})`, {
      status: error.status,
      remedy: 'Correct them, or sign in again. Some registries lock an account for a while after failures.',
      cause: error,
    });
  }

  async #credential({ repository, signal }: Errand): Promise<Credential> {
    const known = this.#found.get(repository);
    if (known) return known;
    const { credentials, registry } = this.#options;
    const look = async (shared: AbortSignal): Promise<Credential> =>
      (await credentials(registry, repository, { signal: shared })) ?? ANONYMOUS;
    const credential = await this.#lookups.join(repository, look, signal);
    this.#found.set(repository, credential);
    return credential;
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
      if (error instanceof RegistryError && error.code === 'UNAUTHORIZED') return error;
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

const NO_SIGN_IN_REMEDY =
  'A 401 has to come with a WWW-Authenticate header: look at the proxies before the registry, which may take it away.';
const UNAUTHORIZED_REMEDY =
  'Check user name and password. Registries answer so, too, where the account may not do this, or the repository or project does not exist.';
