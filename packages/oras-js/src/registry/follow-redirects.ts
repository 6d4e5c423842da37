import { redirectLocation } from './location.ts';
import { RegistryError } from './registry-error.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import type { HttpRequest, HttpResponse } from './send-request.ts';
import type { Transport } from './transport.ts';

/** Go's HTTP client, and so Docker's. */
const MAX_REDIRECTS = 10;
const MAX_DISCARDED_BYTES = 64 * 1024;
/** S3 answers 400 to a credential beside the one that its URL holds. The last is Artifactory's. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization', 'x-jfrog-art-api']);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Sends `request` where it is redirected to. Headers with credentials go to the first origin only, and never come back once they
 * were dropped; a body is opened again for the next place, unless it is a credential and the place is another origin: whoever can
 * make a token server redirect would get the user's refresh token.
 * @throws INVALID_RESPONSE for a Location that leads nowhere, in circles, from https to http where nothing verifies the content, or
 * away with a credential; and as Transport.send
 */
export async function followRedirects(
  transport: Transport,
  request: HttpRequest,
  onEvent: OnRegistryEvent,
): Promise<HttpResponse> {
  let current = request;
  for (let redirects = 0; ; redirects += 1) {
    const response = await transport.send(current);
    if (!REDIRECTS.has(response.status) || response.headers.location === undefined) return response;
    discard(response);
    if (redirects === MAX_REDIRECTS) throw refused(request.url, `more than ${MAX_REDIRECTS} redirects`);
    const url = redirectLocation(response.headers.location, current.url);
    current = redirected(current, url, response.status);
    onEvent({ type: 'redirect', host: response.url.host, toHost: url.host });
  }
}

function redirected(request: HttpRequest, url: URL, status: number): HttpRequest {
  const isElsewhere = url.origin !== request.url.origin;
  const kept = Object.entries(request.headers).filter(([name]) => !isElsewhere || !CREDENTIAL_HEADERS.has(name.toLowerCase()));
  const headers = Object.fromEntries(kept);
  if (isElsewhere && request.isBodySecret) throw refused(request.url, `a redirect of a credential to another host, ${url.host}`);
  const isDowngrade = request.url.protocol === 'https:' && url.protocol === 'http:';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isDowngrade && !(isRead && request.isVerified)) throw refused(request.url, 'a redirect from https to http');
  if (status !== 303 || isRead) return { ...request, url, headers };
  const { body: _, ...rest } = request;
  return { ...rest, method: 'GET', url, headers };
}

/** Lets go of an answer whose body nobody wants; a small one is read, so that the connection can be used again. */
export function discard({ message }: HttpResponse): void {
  let bytes = 0;
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_DISCARDED_BYTES) message.destroy();
  });
}

function refused(url: URL, reason: string): RegistryError {
  return new RegistryError('INVALID_RESPONSE', `${url.host}: the registry sends ${reason}`, {
    remedy: 'The registry or the proxy before it is misconfigured: its public URL must be set there.',
  });
}
