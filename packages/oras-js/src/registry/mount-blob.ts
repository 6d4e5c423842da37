import { pullScope, pushScope } from '../auth/scopes.ts';
import type { Descriptor } from '../content/descriptor.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { uploadLocation } from './location.ts';
import { RegistryError } from './registry-error.ts';

/** Refusals of the mount, not of the push: go-containerregistry #1404, #1679, #1741; Harbor answers 401 for a source one may not read. */
const REFUSED = new Set([400, 401, 403, 404, 405]);

export interface Mounted {
  readonly mounted: boolean;
  /** An upload session that the registry opened instead. */
  readonly session: URL | undefined;
}

/**
 * Asks the registry to link a blob from another of its repositories.
 * @throws RegistryError where the registry does not work, ABORTED
 */
export async function mountBlob(
  { host, repository }: BlobPlace,
  descriptor: Descriptor,
  { from, signal }: OperationOptions & { readonly from: string },
): Promise<Mounted> {
  try {
    const response = await host.request({
      what: `mount blob ${descriptor.digest}`,
      where: `${host.name}/${repository}`,
      method: 'POST',
      target: `${repository}/blobs/uploads/?mount=${encodeURIComponent(descriptor.digest)}&from=${encodeURIComponent(from)}`,
      repository,
      // Push first: some token servers grant the first scope alone.
      scopes: [pushScope(repository), pullScope(from)],
      body: new Uint8Array(),
      accept: [201, 202],
      signal,
    });
    discard(response);
    if (response.status === 201) return { mounted: true, session: undefined };
    const { location } = response.headers;
    return { mounted: false, session: location === undefined ? undefined : uploadLocation(location, response.url) };
  } catch (error) {
    // A registry that fails at mounting, and at nothing else, takes the upload.
    if (error instanceof RegistryError && error.status !== undefined && (REFUSED.has(error.status) || error.status >= 500)) {
      return { mounted: false, session: undefined };
    }
    throw error;
  }
}
