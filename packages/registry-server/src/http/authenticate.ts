import { createHash, timingSafeEqual } from 'node:crypto';
import type { Exchange } from './exchange.ts';
import { RegistryFailure } from './registry-failure.ts';

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** @throws RegistryFailure 401, with the challenge */
export function authenticate(exchange: Exchange, basicAuth: BasicAuth | undefined): void {
  if (!basicAuth) return;
  const expected = Buffer.from(`${basicAuth.username}:${basicAuth.password}`);
  const [scheme = '', credentials = ''] = (exchange.header('authorization') ?? '').split(' ', 2);
  const given = scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64') : Buffer.alloc(0);
  if (timingSafeEqual(sha256(given), sha256(expected))) return;
  throw new RegistryFailure(401, 'UNAUTHORIZED', 'authentication required', {
    headers: { 'WWW-Authenticate': 'Basic realm="registry", charset="UTF-8"' },
  });
}

/** Equal lengths, which timingSafeEqual asks for. */
function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
