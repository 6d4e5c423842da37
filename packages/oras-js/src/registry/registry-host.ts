import { Authorizer, type Errand } from '../auth/authorizer.ts';
import type { CredentialProvider } from '../auth/credential.ts';
import { saysExpired } from '../auth/says-expired.ts';
import { OrasError } from '../error.ts';
import { type Attempt, answerError } from './answer-error.ts';
import { connectionError } from './connection-error.ts';
import { type Contact, contactRegistry } from './contact.ts';
import { readErrorBody } from './error-body.ts';
import { discard, followRedirects } from './follow-redirects.ts';
import { RegistryError } from './registry-error.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import { HostPause, type RetryPolicy, retrying } from './retry.ts';
import type { HttpRequest, HttpResponse, StreamBody } from './send-request.ts';
import { SingleFlight } from './single-flight.ts';
import type { Transport } from './transport.ts';

export interface RegistryCall extends Attempt, Errand {
  /** below `/v2/`, or where the registry told to go on */
  readonly target: string | URL;
  /** The statuses that are answers; any other is an error. */
  readonly accept: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamBody | undefined;
  /** What is read will be verified by its digest. */
  readonly isVerified?: boolean;
}

export interface RegistryHostOptions {
  readonly transport: Transport;
  readonly credentials: CredentialProvider;
  readonly plainHttp: boolean;
  readonly retry: RetryPolicy;
  readonly onEvent: OnRegistryEvent;
}

/** One registry: how it is reached and signed in to is found out once, and shared by all of its repositories. */
export class RegistryHost {
  /** host[:port] as references name it */
  readonly name: string;
  readonly #options: RegistryHostOptions;
  readonly #authorizer: Authorizer;
  readonly #pause = new HostPause();
  readonly #contacts = new SingleFlight<Contact>();
  #contact: Contact | undefined;
  #hasAnswered = false;

  constructor(name: string, options: RegistryHostOptions) {
    this.name = name;
    this.#options = options;
    this.#authorizer = new Authorizer({
      registry: name,
      credentials: options.credentials,
      send: (request) => this.#send(request),
      tryHeader: (header, signal) => this.#tryHeader(header, signal),
    });
  }

  get retryPolicy(): RetryPolicy {
    return this.#options.retry;
  }

  get onEvent(): OnRegistryEvent {
    return this.#options.onEvent;
  }

  /** Reached, and the credential for `repository`, if there is one, accepted. @throws UNAUTHORIZED, CONNECTION_FAILED, … */
  async check(repository: string, signal: AbortSignal | undefined): Promise<void> {
    await this.retry(signal, async () => {
      const { signIn } = await this.#reach(signal);
      await this.#authorizer.header(signIn, { repository, scopes: [], signal });
    });
  }

  /**
   * `requestOnce`, again where that may help.
   * @throws RegistryError for every status that `call.accept` lacks; ABORTED
   */
  async request(call: RegistryCall): Promise<HttpResponse> {
    return this.retry(call.signal, () => this.requestOnce(call));
  }

  /** Runs `work` again while it fails with what may heal. */
  async retry<T>(signal: AbortSignal | undefined, work: (attempt: number) => Promise<T>): Promise<T> {
    const { retry: policy, onEvent } = this.#options;
    return retrying({ host: this.name, policy, pause: this.#pause, onEvent, signal }, work);
  }

  /** Sends a call, signed in and redirected; after a 401 once more, if there is something else to sign in with. */
  async requestOnce(call: RegistryCall): Promise<HttpResponse> {
    const contact = await this.#reach(call.signal);
    const header = await this.#authorizer.header(contact.signIn, call);
    const response = await this.#call(call, contact.base, header);
    if (call.accept.includes(response.status)) return response;
    const error = await this.#refusal(call, response, { base: contact.base, header });
    if (!isRefusal(error)) throw error;
    const other = await this.#authorizer.headerAfter(response, header, contact.signIn, call);
    if (other === undefined) throw await this.#explain(error, call, { base: contact.base, header });
    if (call.body !== undefined && !(call.body instanceof Uint8Array)) throw beginAgain(error);
    const answer = await this.#call(call, contact.base, other);
    if (call.accept.includes(answer.status)) return answer;
    throw await this.#explain(await this.#failure(call, answer, contact.base), call, { base: contact.base, header: other });
  }

  async #reach(signal: AbortSignal | undefined): Promise<Contact> {
    const { plainHttp, onEvent, transport } = this.#options;
    const { timeouts } = transport;
    this.#contact ??= await this.#contacts.join(
      '',
      (shared) =>
        contactRegistry(this.name, { plainHttp, timeouts, onEvent, send: (request) => this.#send(request), signal: shared }),
      signal,
    );
    return this.#contact;
  }

  async #call(call: RegistryCall, base: URL, header: string | undefined): Promise<HttpResponse> {
    const url = call.target instanceof URL ? call.target : new URL(`/v2/${call.target}`, base);
    // A registry may send an upload to another host: the credential is not for that one.
    const authorization = header !== undefined && url.origin === base.origin ? { Authorization: header } : {};
    const { method, body, isVerified, signal } = call;
    return this.#send({ method, url, headers: { ...call.headers, ...authorization }, body, isVerified, signal });
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    try {
      const response = await followRedirects(this.#options.transport, request, this.#options.onEvent);
      this.#hasAnswered = true;
      return response;
    } catch (error) {
      // An OrasError was thrown on purpose: ABORTED, or a body's own source failed.
      throw error instanceof OrasError ? error : connectionError(error, request.url, this.#hasAnswered);
    }
  }

  async #failure(call: Attempt, response: HttpResponse, base: URL): Promise<RegistryError> {
    const { status, headers, message, url } = response;
    if (call.method === 'HEAD') discard(response);
    const error = answerError(call, { status, headers, body: call.method === 'HEAD' ? '' : await readErrorBody(message) });
    if (url.origin === base.origin || ![400, 401, 403].includes(status)) return error;
    // A storage's signed URL may have expired on the way: the registry gives another one.
    return new RegistryError('REGISTRY_ERROR', `${error.message} (at ${url.host}, where the registry redirects to)`, {
      status,
      // A 401 asks for a credential, which the storage is never given; HEAD is refused because the URL was signed for GET.
      transient: status !== 401 && call.method !== 'HEAD',
      remedy:
        "The storage behind the registry refuses the registry's own signature: compare their clocks, and look at proxies between.",
    });
  }

  /** ECR says in the body alone that the password has expired; HEAD has none, so it is asked again. Basic: ECR has nothing else. */
  async #refusal(call: RegistryCall, response: HttpResponse, { base, header }: SignedIn): Promise<RegistryError> {
    const error = await this.#failure(call, response, base);
    const isUnclear = call.method === 'HEAD' && response.url.origin === base.origin && [400, 403].includes(response.status);
    if (!isUnclear || header?.startsWith('Basic ') !== true) return error;
    const get = { ...call, method: 'GET' };
    const answer = await this.#call(get, base, header);
    if (answer.status !== response.status) {
      answer.message.destroy();
      return error;
    }
    const explained = await this.#failure(get, answer, base);
    return saysExpired(explained) ? explained : error;
  }

  /** Harbor says in the body whether the project is missing; HEAD has none, so it is asked again. */
  async #explain(error: RegistryError, call: RegistryCall, { base, header }: SignedIn): Promise<OrasError> {
    if (call.method !== 'HEAD' || error.status !== 401) return this.#authorizer.explain(error, call, header);
    const get = { ...call, method: 'GET' };
    const response = await this.#call(get, base, header);
    if (response.status === 401) return this.#authorizer.explain(await this.#failure(get, response, base), call, header);
    response.message.destroy();
    return this.#authorizer.explain(error, call, header);
  }

  async #tryHeader(header: string, signal: AbortSignal): Promise<void> {
    const { base } = await this.#reach(signal);
    const response = await this.#send({ method: 'GET', url: new URL('/v2/', base), headers: { Authorization: header }, signal });
    if (response.status < 400 || response.status === 404) return discard(response);
    throw await this.#failure({ what: 'sign in', where: this.name, method: 'GET' }, response, base);
  }
}

interface SignedIn {
  readonly base: URL;
  readonly header: string | undefined;
}

/** What another credential, or a new token, may change. */
function isRefusal(error: RegistryError): boolean {
  if (error.transient) return false;
  // REGISTRY_ERROR: another host's answer, whose challenge is not to be followed.
  return (error.status === 401 && error.code !== 'REGISTRY_ERROR') || saysExpired(error);
}

/** The body is gone with the refused request, and the upload's session in an unknown state: its owner begins anew, signed in. */
function beginAgain(error: RegistryError): RegistryError {
  return new RegistryError(error.code, error.message, { status: 401, remedy: error.remedy, transient: true });
}
