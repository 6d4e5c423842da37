import { escapeControl } from '../content/escape-control.ts';
import { RegistryError } from './registry-error.ts';

const MAX_LOCATION_LENGTH = 16 * 1024;

/**
 * Reads a `Location`, absolute or relative to `base`.
 * @throws INVALID_RESPONSE if it is none, is no http(s) URL or holds a password
 */
export function parseLocation(location: string | undefined, base: URL): URL {
  const url = location && location.length <= MAX_LOCATION_LENGTH ? parseUrl(location, base) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '') {
    url.hash = '';
    return url;
  }
  const shown = location === undefined ? 'none' : JSON.stringify(escapeControl(location.split('?', 1)[0] ?? '', 200));
  throw new RegistryError('INVALID_RESPONSE', `${base.host}: the registry answered with an invalid Location: ${shown}`, {
    remedy: 'The registry or the proxy before it is misconfigured: its public URL must be set there.',
  });
}

/**
 * Where an upload goes on. A registry behind a TLS proxy names itself with http, and with a wrong port or none: on the same
 * host, scheme and port stay what they were. The query is opaque and kept as it is.
 * @throws INVALID_RESPONSE
 */
export function uploadLocation(location: string | undefined, base: URL): URL {
  const url = parseLocation(location, base);
  return url.hostname === base.hostname ? at(url, base) : url;
}

/**
 * Where a redirect leads. On the same host http after https is a proxy's mistake, if the port says nothing else.
 * @throws INVALID_RESPONSE
 */
export function redirectLocation(location: string | undefined, base: URL): URL {
  const url = parseLocation(location, base);
  const isDowngrade = base.protocol === 'https:' && url.protocol === 'http:';
  const isSamePort = url.port === '' || url.port === base.port;
  return isDowngrade && isSamePort && url.hostname === base.hostname ? at(url, base) : url;
}

/** Adds a parameter without touching the rest of the query, which may be signed. */
export function withParameter(url: URL, name: string, value: string): URL {
  return new URL(
    `${url.href}${url.search === '' ? (url.href.endsWith('?') ? '' : '?') : '&'}${name}=${encodeURIComponent(value)}`,
  );
}

function at(url: URL, base: URL): URL {
  return new URL(`${base.origin}${url.pathname}${url.search}`);
}

function parseUrl(location: string, base: URL): URL | undefined {
  try {
    return new URL(location, base);
  } catch {
    return undefined;
  }
}
