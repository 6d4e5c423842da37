import { canonicalRegistry } from '../content/docker-hub.ts';
import { escapeControl } from '../content/escape-control.ts';
import { OrasError } from '../error.ts';
import type { Credential } from './credential.ts';

/** What a `config.json` or `auth.json` says, with its keys normalised to host[:port][/path]. */
export interface DockerConfig {
  readonly auths: ReadonlyMap<string, Credential>;
  /** helper's name by host */
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
  /** the keys as they are written, which is what helpers are asked with */
  readonly rawKeys: ReadonlyMap<string, string>;
}

/** A file with a thousand registries has a tenth of it. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * Reads Docker's `config.json` or Podman's `auth.json`. What this library does not know is ignored, as Docker does.
 * @param source named in messages; nothing of the text ever is, for it holds passwords
 * @throws INVALID_CREDENTIALS_FILE
 */
export function parseDockerConfig(text: string, source: string): DockerConfig {
  const object = asObject(parseJson(text, source));
  if (!object) throw invalid(source, 'it is not a JSON object');
  const auths = new Map<string, Credential>();
  const rawKeys = new Map<string, string>();
  for (const [key, entry] of entriesOf(object.auths, 'auths', source)) {
    rawKeys.set(normalKey(key), key);
    const credential = readAuth(entry, key, source);
    if (credential) auths.set(normalKey(key), credential);
  }
  const credHelpers = new Map<string, string>();
  for (const [key, helper] of entriesOf(object.credHelpers, 'credHelpers', source)) {
    if (typeof helper !== 'string') throw invalid(source, `credHelpers[${JSON.stringify(escapeControl(key))}] is not text`);
    rawKeys.set(normalKey(key), key);
    credHelpers.set(normalKey(key), helper);
  }
  const { credsStore } = object;
  if (credsStore !== undefined && typeof credsStore !== 'string') throw invalid(source, 'credsStore is not text');
  return { auths, credHelpers, credsStore: credsStore === '' ? undefined : credsStore, rawKeys };
}

/**
 * A key without scheme and trailing slash, in lower case up to its path. Docker's own keys are URLs of API versions
 * (`https://index.docker.io/v1/`): that path is none.
 */
function normalKey(key: string): string {
  const bare = key.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  const slash = bare.indexOf('/');
  const host = canonicalRegistry(slash < 0 ? bare : bare.slice(0, slash));
  const path = slash < 0 || /^\/v[12]$/i.test(bare.slice(slash)) ? '' : bare.slice(slash);
  return `${host}${path}`;
}

function readAuth(entry: unknown, key: string, source: string): Credential | undefined {
  const fields = asObject(entry);
  const shown = JSON.stringify(escapeControl(key));
  if (!fields) throw invalid(source, `auths[${shown}] is not an object`);
  const text = (name: string): string => {
    const value = fields[name];
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw invalid(source, `auths[${shown}].${name} is not text`);
    return value;
  };
  if (text('registrytoken') !== '') return { kind: 'registry-token', token: text('registrytoken'), source };
  if (text('identitytoken') !== '') return { kind: 'identity-token', token: text('identitytoken'), source };
  const auth = text('auth');
  if (auth !== '') {
    const decoded = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = decoded.indexOf(':');
    if (colon < 0) throw invalid(source, `auths[${shown}].auth is not the base64 form of name:password`);
    return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1), source };
  }
  const username = text('username');
  return username === '' ? undefined : { kind: 'basic', username, password: text('password'), source };
}

function entriesOf(value: unknown, name: string, source: string): [string, unknown][] {
  if (value === undefined || value === null) return [];
  const object = asObject(value);
  if (!object) throw invalid(source, `${name} is not an object`);
  return Object.entries(object);
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function parseJson(text: string, source: string): unknown {
  if (text.length > MAX_CONFIG_BYTES) throw invalid(source, 'it is too large');
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // JSON.parse quotes the text around the fault: no cause here.
    throw invalid(source, 'it is not JSON');
  }
}

function invalid(source: string, reason: string): OrasError {
  return new OrasError('INVALID_CREDENTIALS_FILE', `${source}: cannot read credentials: ${reason}`, {
    remedy: 'Correct the file, or move it away and sign in again with docker login or podman login.',
  });
}
