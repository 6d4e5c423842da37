import pLimit, { type LimitFunction } from 'p-limit';
import { pushScope } from '../auth/scopes.ts';
import { digestAlgorithm } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import type { OperationOptions } from '../target/target.ts';
import { checkKept } from './check-kept.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import type { FetchedManifest } from './get-manifest.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryCall, RegistryHost } from './registry-host.ts';

/** Where manifests go one at a time that were refused among others. */
const alone = new WeakMap<RegistryHost, LimitFunction>();

/**
 * Stores a manifest under `reference`, a tag or its digest.
 * @throws TAG_IMMUTABLE, DENIED, REGISTRY_ERROR (see isContentMissing), DIGEST_MISMATCH, INVALID_RESPONSE (it is not there afterwards), …
 */
export async function putManifest(
  { host, repository }: BlobPlace,
  { descriptor, bytes }: FetchedManifest,
  { reference, signal }: OperationOptions & { readonly reference: string },
): Promise<void> {
  const where = `${host.name}/${repository}`;
  const call: RegistryCall = {
    what: `push manifest ${reference}`,
    where,
    method: 'PUT',
    target: `${repository}/manifests/${reference}`,
    repository,
    scopes: [pushScope(repository)],
    headers: { 'Content-Type': descriptor.mediaType },
    body: bytes,
    accept: [200, 201, 202],
    signal,
  };
  const response = await host.request(call).catch((error: unknown) => {
    if (!isSpurious(error)) throw error;
    const queue = alone.get(host) ?? pLimit(1);
    alone.set(host, queue);
    return queue(() => host.request(call));
  });
  discard(response);
  const stored = response.headers['docker-content-digest'];
  const isSameAlgorithm = typeof stored === 'string' && stored.startsWith(`${digestAlgorithm(descriptor.digest)}:`);
  if (isSameAlgorithm && stored !== descriptor.digest) {
    throw new RegistryError(
      'DIGEST_MISMATCH',
      `${where}: manifest ${reference} was stored as ${escapeControl(stored)}, not as ${descriptor.digest}`,
      {
        remedy: 'The registry, or a proxy before it, changes manifests. Push to it without that.',
      },
    );
  }
  // A server that says 200 to everything has stored nothing.
  const { status } = response;
  if (status !== 201) await checkKept({ host, repository }, { descriptor, bytes }, { reference, status, signal });
}

/** Artifactory says so of manifests that come at once (jib #3021): the same one passes alone. */
function isSpurious(error: unknown): boolean {
  if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_ERROR' || error.status !== 400) return false;
  return error.registryCodes.includes('MANIFEST_INVALID');
}
