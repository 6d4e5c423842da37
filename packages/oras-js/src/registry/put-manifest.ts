import { pushScope } from '../auth/scopes.ts';
import { digestAlgorithm } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import type { FetchedManifest } from './get-manifest.ts';
import { RegistryError } from './registry-error.ts';

/**
 * Stores a manifest under `reference`, a tag or its digest.
 * @throws TAG_IMMUTABLE, DENIED, REGISTRY_ERROR (see isContentMissing), DIGEST_MISMATCH, …
 */
export async function putManifest(
  { host, repository }: BlobPlace,
  { descriptor, bytes }: FetchedManifest,
  { reference, signal }: OperationOptions & { readonly reference: string },
): Promise<void> {
  const where = `${host.name}/${repository}`;
  const response = await host.request({
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
}
