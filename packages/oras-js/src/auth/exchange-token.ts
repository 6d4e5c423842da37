import { OrasError } from '../error.ts';
import { answerError } from '../registry/answer-error.ts';
import { readErrorBody } from '../registry/error-body.ts';
import { discard } from '../registry/follow-redirects.ts';
import { readBody } from '../registry/read-body.ts';
import type { RegistryError } from '../registry/registry-error.ts';
import type { HttpRequest, HttpResponse } from '../registry/send-request.ts';
import type { Credential } from './credential.ts';
import type { SignIn } from './sign-in.ts';

export interface AccessToken {
  /** `Bearer …` */
  readonly header: string;
  /** as `performance.now()`; already a little early */
  readonly refreshAtMs: number;
}

export interface TokenRequest {
  readonly signIn: SignIn & { readonly scheme: 'bearer' };
  readonly scopes: readonly string[];
  readonly credential: Credential;
  /** named in messages */
  readonly registry: string;
  readonly signal: AbortSignal;
}

/** Source: distribution's docs/spec/auth/token.md. */
const DEFAULT_LIFETIME_S = 60;
const MAX_TOKEN_BODY_BYTES = 1024 * 1024;
/** Azure's user name for a bare refresh token; others ignore the name. */
const TOKEN_USERNAME = '00000000-0000-0000-0000-000000000000';
/** A token server that does not know the POST form, or not this token. */
const POST_REFUSED = new Set([400, 401, 404, 405]);

/**
 * Gets one access token from the registry's token server.
 * @param send follows redirects without credentials
 * @throws UNAUTHORIZED where the credential is refused, INVALID_RESPONSE, RATE_LIMITED, …
 */
export async function exchangeToken(
  request: TokenRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<AccessToken> {
  const startMs = performance.now();
  let response: HttpResponse | undefined;
  if (request.credential.kind === 'identity-token') {
    response = await send(postForm(request, request.credential.token));
    if (POST_REFUSED.has(response.status)) {
      discard(response);
      response = undefined;
    }
  }
  response ??= await send(getForm(request));
  if (response.status !== 200) throw await refusal(request, response);
  const body = await readBody(response, { maxBytes: MAX_TOKEN_BODY_BYTES, signal: request.signal });
  return readToken(body, startMs, request.signIn.realm.host);
}

function getForm({ signIn, scopes, credential, signal }: TokenRequest): HttpRequest {
  const url = new URL(signIn.realm);
  if (signIn.service !== undefined) url.searchParams.append('service', signIn.service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const authorization = basicHeader(credential);
  return { method: 'GET', url, headers: authorization === undefined ? {} : { Authorization: authorization }, signal };
}

function postForm({ signIn, scopes, signal }: TokenRequest, token: string): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'oras-js' });
  if (signIn.service !== undefined) form.set('service', signIn.service);
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  return {
    method: 'POST',
    url: signIn.realm,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
    isBodySecret: true,
    signal,
  };
}

/** `undefined` for a credential that has no Basic form. */
export function basicHeader(credential: Credential): string | undefined {
  if (credential.kind === 'basic') return basic(credential.username, credential.password);
  return credential.kind === 'identity-token' ? basic(TOKEN_USERNAME, credential.token) : undefined;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function refusal({ registry, signIn }: TokenRequest, response: HttpResponse): Promise<RegistryError> {
  const attempt = { what: `get a token from ${signIn.realm.host}`, where: registry, method: 'GET' };
  const { status, headers } = response;
  return answerError(attempt, { status, headers, body: await readErrorBody(response.message) });
}

/** @throws INVALID_RESPONSE, never with the text itself, for it may hold a token */
function readToken(body: Uint8Array, startMs: number, host: string): AccessToken {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {}
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const token = [fields.token, fields.access_token].find((text) => typeof text === 'string' && text !== '');
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new OrasError('INVALID_RESPONSE', `${host}: the token server's answer holds no token`, {
      remedy: "See the token server's own log for the reason.",
    });
  }
  const { expires_in: expiresIn } = fields;
  const lifetimeS = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : DEFAULT_LIFETIME_S;
  // A request takes its time, and the token is checked when it begins.
  const marginS = Math.min(60, lifetimeS / 4);
  return { header: `Bearer ${token}`, refreshAtMs: startMs + (lifetimeS - marginS) * 1000 };
}
