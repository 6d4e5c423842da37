import { pullScope } from '../auth/scopes.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { digestAlgorithm, digestOf, isDigest } from '../content/digest.ts';
import { escapeControl } from '../content/escape-control.ts';
import { MAX_MANIFEST_BYTES } from '../content/limits.ts';
import { isManifestType, MANIFEST_TYPES } from '../content/media-types.ts';
import { sniffManifestType } from '../target/sniff-manifest-type.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { readBody } from './read-body.ts';
import { RegistryError } from './registry-error.ts';

/** All four, always: where one lacks, distribution 2.8 converts the manifest and others answer 404. */
export const MANIFEST_ACCEPT = MANIFEST_TYPES.join(', ');

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
      headers: { Accept: MANIFEST_ACCEPT },
      accept: [200],
      isVerified: isDigest(reference),
      signal,
    });
    const bytes = await readBody(response, { maxBytes: MAX_MANIFEST_BYTES, signal });
    // Before the digest: a web page is told as one, not as a damaged manifest.
    const mediaType = readMediaType(response.headers['content-type'], bytes, `${where}: cannot fetch manifest ${reference}`);
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
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, bytes };
  });
}

/** What the header says, as registries keep it beside the bytes; else what the bytes say. */
function readMediaType(header: string | undefined, bytes: Uint8Array, what: string): string {
  const sent = header?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const mediaType = isManifestType(sent) ? sent : sniffManifestType(bytes);
  if (mediaType !== undefined) return mediaType;
  if (sent.startsWith('application/vnd.')) {
    throw new RegistryError('UNSUPPORTED', `${what}: its type is ${escapeControl(sent)}`, {
      remedy: 'Have it published again as an OCI image or a Docker schema 2 image.',
    });
  }
  throw new RegistryError(
    'INVALID_RESPONSE',
    `${what}: the answer is no manifest (${sent === '' ? 'it states no type' : escapeControl(sent)})`,
    {
      remedy: 'Check that the address is that of a registry: a web page or a sign-in portal seems to answer there.',
    },
  );
}
