import { type Digest, digestOf } from 'oras-js';
import type { Request } from '../schemas/request.ts';
import { completeRequest } from './complete-request.ts';

/**
 * What a lock was resolved from: the request with its defaults, without registry, mirrors and signing, which change neither
 * what is carried nor what it is called. Comments, order of keys and shorthand do not count.
 */
export function requestHash(request: Request): Digest {
  const { registries: _registries, mirrors: _mirrors, signing: _signing, platforms, ...rest } = completeRequest(request);
  // A key that came later counts only where it says something: locks that are there stay good.
  const wanted = { ...rest, ...(platforms.length === 0 ? {} : { platforms }) };
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
