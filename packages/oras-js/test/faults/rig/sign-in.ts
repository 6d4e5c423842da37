import { type CredentialProvider, hostCredentials } from 'oras-js';
import { answers, errors } from './replies.ts';
import { ALWAYS, type Reply, type ScriptedRegistry } from './scripted-registry.ts';

export const USERNAME = 'robot$zenml';
export const PASSWORD = 's3cret-password';
const BASIC = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;

/** USERNAME and PASSWORD for this registry alone. */
export function credentialsFor(registry: ScriptedRegistry): CredentialProvider {
  return hostCredentials({ hosts: [registry.host], username: USERNAME, password: PASSWORD, source: 'the test' });
}

/** All of `/v2/` wants USERNAME and PASSWORD. Lines of the script that stand before come first. */
export function wantBasic(registry: ScriptedRegistry): void {
  registry.script('wants Basic', { path: /^\/v2\//, times: ALWAYS }, (exchange) => {
    if (exchange.served.headers.authorization === BASIC) return 'next';
    return unauthorized('Basic realm="registry"')(exchange);
  });
}

export interface TokenServer {
  /** Every token given out, in order: `token-1`, `token-2`, … */
  readonly issued: string[];
  /** Tokens that are refused from now on. */
  readonly revoked: Set<string>;
}

/**
 * All of `/v2/` wants a token that `tokens`, by default the registry itself, gives out at `/token` for USERNAME and PASSWORD.
 * @param scope the one that a 401 to a real request names, if any
 */
export function wantToken(
  registry: ScriptedRegistry,
  { tokens = registry, scope }: { readonly tokens?: ScriptedRegistry; readonly scope?: string } = {},
): TokenServer {
  const server: TokenServer = { issued: [], revoked: new Set() };
  const bearer = `Bearer realm="${tokens.origin}/token",service="registry"`;
  registry.script('wants a token', { path: /^\/v2\//, times: ALWAYS }, (exchange) => {
    const token = exchange.served.headers.authorization?.replace('Bearer ', '') ?? '';
    if (server.issued.includes(token) && !server.revoked.has(token)) return 'next';
    const isPing = exchange.served.path === '/v2/';
    return unauthorized(isPing || scope === undefined ? bearer : `${bearer},scope="${scope}"`)(exchange);
  });
  tokens.script('token', { method: 'GET', path: /^\/token/, times: ALWAYS }, (exchange) => {
    if (exchange.served.headers.authorization !== BASIC) return unauthorized()(exchange);
    server.issued.push(`token-${server.issued.length + 1}`);
    return answers(200, { body: { token: server.issued.at(-1), expires_in: 300 } })(exchange);
  });
  return server;
}

export function unauthorized(challenge?: string, message = 'authentication required'): Reply {
  const headers = challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
  return answers(401, { headers, body: errors('UNAUTHORIZED', message) });
}
