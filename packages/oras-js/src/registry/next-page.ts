import { nextLink } from './link-header.ts';
import { parseLocation } from './location.ts';
import { RegistryError } from './registry-error.ts';
import type { HttpResponse } from './send-request.ts';

/**
 * Where a list goes on, by its `Link`. Where the registry is behind a TLS proxy, its links name http: the origin stays.
 * @param list what it is, such as `list of tags`
 * @throws INVALID_RESPONSE where it goes on at another host, which gets no credentials
 */
export function nextPage({ headers, url }: HttpResponse, list: string, where: string): URL | undefined {
  const { link: header } = headers;
  const target = nextLink(Array.isArray(header) ? header.join(', ') : header);
  if (target === undefined) return undefined;
  const link = parseLocation(target, url);
  if (link.hostname === url.hostname) return new URL(`${url.origin}${link.pathname}${link.search}`);
  throw new RegistryError('INVALID_RESPONSE', `${where}: the ${list} goes on at another host, ${link.host}`, {
    remedy: 'The registry or the proxy before it is misconfigured: its public URL must be set there.',
  });
}
