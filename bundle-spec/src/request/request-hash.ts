import { type Digest, digestOf } from 'oras-js';
import type { Request } from '../schemas/request.ts';
import { completeRequest } from './complete-request.ts';

/**
 * What a lock was resolved from: the request with its defaults, without registry, mirrors and signing, which change neither
 * what is carried nor what it is called. Comments, order of keys and shorthand do not count.
 */
export function requestHash(request: Request): Digest {
  const { registries: _registries, mirrors: _mirrors, signing: _signing, ...wanted } = completeRequest(request);
  return digestOf(new TextEncoder().encode(JSON.stringify(sorted(wanted))));
}

/** The same value with all keys in order, however the request had them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
