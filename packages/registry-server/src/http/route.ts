import type { Digest } from 'oras-js';
import { isRepositoryName, parseDigest } from 'oras-js';
import { RegistryFailure } from './registry-failure.ts';

export type Route =
  | { readonly kind: 'ping' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: Digest };

/** The repository's name may itself have parts like `blobs`: the last match counts. */
const BELOW_REPOSITORY = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags|referrers)(?:\/([^/]*))?$/;

/** What a path means; `undefined` for what is none of the API's. @throws RegistryFailure */
export function routeOf(path: string): Route | undefined {
  if (path === '/v2' || path === '/v2/') return { kind: 'ping' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const [, encodedRepository, what, encodedLast = ''] = BELOW_REPOSITORY.exec(path) ?? [];
  if (encodedRepository === undefined) return undefined;
  const repository = decode(encodedRepository);
  const last = decode(encodedLast);
  if (!isRepositoryName(repository)) throw new RegistryFailure(400, 'NAME_INVALID', 'the repository name is invalid');
  switch (what) {
    case 'blobs/uploads':
      return last === '' ? { kind: 'uploads', repository } : { kind: 'upload', repository, id: last };
    case 'blobs':
      return { kind: 'blob', repository, digest: digestFrom(last) };
    case 'manifests':
      return { kind: 'manifest', repository, reference: last };
    case 'referrers':
      return { kind: 'referrers', repository, digest: digestFrom(last) };
    default:
      return last === 'list' ? { kind: 'tags', repository } : undefined;
  }
}

/** @throws RegistryFailure */
export function digestFrom(text: string | null | undefined): Digest {
  try {
    return parseDigest(text ?? '');
  } catch {
    throw new RegistryFailure(400, 'DIGEST_INVALID', 'the digest is missing or invalid');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RegistryFailure(400, 'NAME_INVALID', 'the path is not properly encoded');
  }
}
