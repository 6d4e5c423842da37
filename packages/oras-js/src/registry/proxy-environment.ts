import { OrasError } from '../error.ts';
import { RegistryError } from './registry-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `env` for Node's agents, with the URL of the proxy checked and complete. Node takes a proxy without a scheme for none, and quotes
 * one that it cannot read with its password.
 * @param protocol of the registries, `https:` or `http:`
 * @returns `undefined` where no proxy is named
 * @throws CONNECTION_FAILED for a value that is no URL of a proxy, UNSUPPORTED for another kind of proxy; neither shows the value
 */
export function proxyEnvironment(env: Environment, protocol: string): Environment | undefined {
  // Lower case first, as Node has it.
  const names = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const name = names.find((candidate) => env[candidate]);
  const text = name === undefined ? '' : (env[name]?.trim() ?? '');
  if (name === undefined || text === '') return undefined;
  return { ...env, [name]: proxyUrl(text, name).href };
}

function proxyUrl(text: string, name: string): URL {
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === undefined) {
    throw new RegistryError('CONNECTION_FAILED', `${name} is not the URL of a proxy`, {
      remedy:
        'Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters encoded (@ as %40, / as %2F).',
    });
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new OrasError('UNSUPPORTED', `${name} names a proxy that is spoken to by neither http nor https`, {
    remedy: `Name an http proxy in ${name}, or unset it where the registry is reached without.`,
  });
}

function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    decodeURIComponent(url.username + url.password);
    // A "/", "?" or "#" in a password ends the host early: what is left would be looked up as one.
    const isCut = `${url.pathname}${url.search}${url.hash}`.includes('@');
    return isCut || /\s/.test(text) || url.hostname === '' ? undefined : url;
  } catch {
    return undefined;
  }
}
