import { pullScope, pushScope } from '../auth/scopes.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, isDigest } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import { MAX_MANIFEST_BYTES } from '../content/limits.ts';
import { MANIFEST_TYPES } from '../content/media-types.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { readBody } from './read-body.ts';
import { RegistryError } from './registry-error.ts';

const ACCEPT = MANIFEST_TYPES.join(', ');

export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * Gets a manifest's raw bytes.
 * @param reference tag or digest; a digest is verified
 * @throws NOT_FOUND, WITHHELD, DIGEST_MISMATCH, TOO_LARGE, INVALID_RESPONSE, …
 */
export async function getManifest(
  { host, repository }: BlobPlace,
  reference: string,
  { signal }: OperationOptions,
): Promise<FetchedManifest> {
  const where = `${host.name}/${repository}`;
  // Reading the body belongs to what is tried again.
  return host.retry(signal, async () => {
    const response = await host.requestOnce({
      what: `fetch manifest ${reference}`,
      where,
      method: 'GET',
      target: `${repository}/manifests/${reference}`,
      repository,
      scopes: [pullScope(repository)],
      headers: { Accept: ACCEPT },
      accept: [200],
      isVerified: isDigest(reference),
      signal,
    });
    const bytes = await readBody(response, { maxBytes: MAX_MANIFEST_BYTES, signal });
    const named = isDigest(reference) ? reference : response.headers['docker-content-digest'];
    const algorithm = typeof named === 'string' && isDigest(named) ? digestAlgorithm(named) : 'sha256';
    const digest = digestOf(bytes, algorithm);
    if (named !== undefined && named !== digest) {
      throw new RegistryError(
        'DIGEST_MISMATCH',
        `${where}: manifest ${reference} hashes to ${digest}, not to ${escapeControl(String(named))}`,
        {
          remedy: 'The content was damaged or replaced where it is stored or on its way. Get it again from where it came from.',
        },
      );
    }
    const mediaType = readMediaType(response.headers['content-type'], bytes);
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, bytes };
  });
}

/** @returns whether it is there. @throws WITHHELD, … */
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
    headers: { Accept: ACCEPT },
    accept: [200, 404],
    signal,
  });
  discard(response);
  return response.status === 200;
}

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

/** The type in the document itself is what its hash covers; the header is asked where it names none. */
function readMediaType(header: string | undefined, bytes: Uint8Array): string {
  const sent = header?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (MANIFEST_TYPES.includes(sent)) return sent;
  try {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { mediaType?: unknown };
    if (typeof mediaType === 'string' && MANIFEST_TYPES.includes(mediaType)) return mediaType;
  } catch {}
  return sent === '' ? 'application/octet-stream' : escapeControl(sent);
}
