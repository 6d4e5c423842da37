import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { type FetchedManifest, getManifest } from './get-manifest.ts';
import { RegistryError } from './registry-error.ts';

const NOT_KEPT = new Set(['NOT_FOUND', 'INVALID_RESPONSE', 'DIGEST_MISMATCH']);

/**
 * Reads a manifest that a server claims to have stored. Who may push and not read, or whose manifest a policy withholds, has only
 * the server's word.
 * @throws INVALID_RESPONSE where it is not there
 */
export async function checkKept(
  place: BlobPlace,
  { descriptor }: FetchedManifest,
  { reference, status, signal }: OperationOptions & { readonly reference: string; readonly status: number },
): Promise<void> {
  const where = `${place.host.name}/${place.repository}`;
  const problem = await getManifest(place, reference, { signal }).then(
    (kept) => (kept.descriptor.digest === descriptor.digest ? undefined : `has ${kept.descriptor.digest} there`),
    (error: unknown) => {
      if (!(error instanceof RegistryError)) throw error;
      if (NOT_KEPT.has(error.code)) return `does not have it (${error.message})`;
      if (error.status === undefined || error.transient) throw error;
      return undefined;
    },
  );
  if (problem === undefined) return;
  throw new RegistryError(
    'INVALID_RESPONSE',
    `${where}: the registry answered ${status} to manifest ${reference}, but ${problem}`,
    { remedy: 'Check that the address is that of a registry, and that no proxy before it answers in its place.' },
  );
}
