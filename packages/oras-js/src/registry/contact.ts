import { readSignIn, type SignIn } from '../auth/sign-in.ts';
import { apiHost } from '../content/reference.ts';
import { OrasError } from '../error.ts';
import { answerError } from './answer-error.ts';
import { readErrorBody } from './error-body.ts';
import { isLoopback } from './loopback.ts';
import { speaksTls } from './probe-tls.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import type { HttpRequest, HttpResponse, Timeouts } from './send-request.ts';
import { tellUnanswered } from './tell-unanswered.ts';

/** What the first contact with a registry finds out. */
export interface Contact {
  /** scheme and host of its API, ending in `/` */
  readonly base: URL;
  readonly signIn: SignIn;
}

export interface ContactOptions {
  readonly plainHttp: boolean;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  readonly timeouts: Timeouts;
  readonly onEvent: OnRegistryEvent;
  readonly signal: AbortSignal;
}

/**
 * Asks `GET /v2/` how to sign in: some registries give no challenge with a later 401 (gcr.io), or a wrong one (Harbor).
 * @param registry host[:port] as references name it
 * @throws CONNECTION_FAILED, CERTIFICATE_UNTRUSTED, INVALID_RESPONSE, RATE_LIMITED, REGISTRY_ERROR, ABORTED
 */
export async function contactRegistry(registry: string, options: ContactOptions): Promise<Contact> {
  const base = await baseUrl(registry, options);
  const url = new URL('/v2/', base);
  const response = await options.send({ method: 'GET', url, headers: {}, signal: options.signal });
  const { status, headers } = response;
  const body = await readErrorBody(response.message);
  if (status === 401) {
    const signIn = readSignIn(headers['www-authenticate'], base) ?? { scheme: 'none' };
    return { base, signIn };
  }
  if (status === 429 || status >= 500) {
    throw answerError({ what: 'contact the registry', where: registry, method: 'GET' }, { status, headers, body });
  }
  // Proxies that hide /v2/ itself are not in the way of the rest: the real request will tell.
  return { base, signIn: { scheme: 'none' } };
}

/** https, but for loopback hosts that do not speak it, and where plain http was allowed. */
async function baseUrl(
  registry: string,
  { plainHttp, timeouts: { connectMs, unansweredMs }, onEvent, signal }: ContactOptions,
): Promise<URL> {
  const base = new URL(`https://${apiHost(registry)}/`);
  if (!plainHttp && !isLoopback(base.hostname)) return base;
  const stopTelling = tellUnanswered({ host: base.host, method: '', path: '', afterMs: unansweredMs }, onEvent);
  const isTls = await speaksTls(base, { connectMs, signal })
    .catch((error) => otherwise(error, base, plainHttp))
    .finally(stopTelling);
  if (isTls) return base;
  onEvent({ type: 'plain-http', host: base.host });
  return new URL(`http://${apiHost(registry)}/`);
}

/** Without a port, http is at another one: that nothing answers at 443 says nothing. */
function otherwise(error: unknown, base: URL, plainHttp: boolean): false {
  if (base.port !== '' || (error instanceof OrasError && error.code === 'ABORTED')) throw error;
  if (!plainHttp && !isLoopback(base.hostname)) throw error;
  return false;
}
