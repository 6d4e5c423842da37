import { escapeControl } from '../content/escape-control.ts';
import { hideUserinfo } from './hide-userinfo.ts';
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
  const shown =
    location === undefined ? 'none' : JSON.stringify(escapeControl(hideUserinfo(location.split('?', 1)[0] ?? ''), 200));
  throw new RegistryError('INVALID_RESPONSE', `${base.host}: the registry answered with an invalid Location: ${shown}`, {
    remedy: 'The registry or the proxy before it is misconfigured: its public URL must be set there.',
  });
}

/**
 * Where an upload goes on. A registry behind a TLS proxy names itself with http, and with a wrong port or none: on the same
 * host, scheme and port stay what they were. The query is opaque and kept as it is.
 * @throws INVALID_RESPONSE, also where it leads from https to another host's http: a private layer would go there unencrypted
 */
export function uploadLocation(location: string | undefined, base: URL): URL {
  const url = parseLocation(location, base);
  if (url.hostname === base.hostname) return at(url, base);
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    throw new RegistryError('INVALID_RESPONSE', `${base.host}: the registry sends an upload from https to http, to ${url.host}`, {
      remedy: 'The registry or the proxy before it is misconfigured: its public URL must be set there.',
    });
  }
  return url;
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

/**
 * Gives a parameter to a query without touching the rest of it, which may be signed; what the query has under that name is
 * replaced, for a server that reads the first of two would read that one.
 */
export function withParameter(url: URL, name: string, value: string): URL {
  const parts = url.search.length > 1 ? url.search.slice(1).split('&') : [];
  const others = parts.filter((part) => nameOf(part) !== name);
  // The same value in another spelling stays, where it stands.
  if (others.length === parts.length - 1 && new URLSearchParams(url.search).get(name) === value) return url;
  return new URL(`${url.origin}${url.pathname}?${[...others, `${name}=${encodeURIComponent(value)}`].join('&')}`);
}

function nameOf(part: string): string | undefined {
  return new URLSearchParams(part).keys().next().value;
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
