import { pullScope } from '../auth/scopes.ts';
import type { Digest } from '../content/digest.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { getManifest, MANIFEST_ACCEPT } from './get-manifest.ts';
import { RegistryError } from './registry-error.ts';

/** @returns whether it is there. @throws WITHHELD, INVALID_RESPONSE, DIGEST_MISMATCH, … */
export async function manifestExists(
  { host, repository }: BlobPlace,
  digest: Digest,
  { signal }: OperationOptions,
): Promise<boolean> {
  const response = await host.request({
    what: `look for manifest ${digest}`,
    where: `${host.name}/${repository}`,
    method: 'HEAD',
    target: `${repository}/manifests/${digest}`,
    repository,
    scopes: [pullScope(repository)],
    headers: { Accept: MANIFEST_ACCEPT },
    accept: [200, 404],
    signal,
  });
  discard(response);
  if (response.status === 404) return false;
  const named = response.headers['docker-content-digest'];
  const isNamed = named === digest || (typeof named === 'string' && !isSameAlgorithm(named, digest));
  // A server that says 200 to everything has nothing, and one that names another digest may be wrong: the bytes tell.
  return isNamed || isReadable({ host, repository }, digest, { signal });
}

/** Harbor keeps what is named by sha512 under its sha256. */
function isSameAlgorithm(one: string, other: string): boolean {
  return one.split(':', 1)[0] === other.split(':', 1)[0];
}

async function isReadable(place: BlobPlace, digest: Digest, options: OperationOptions): Promise<boolean> {
  try {
    await getManifest(place, digest, options);
    return true;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
