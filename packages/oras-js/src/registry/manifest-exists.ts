import { pullScope } from '../auth/scopes.ts';
import type { Digest } from '../content/digest.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { MANIFEST_ACCEPT } from './get-manifest.ts';

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
    headers: { Accept: MANIFEST_ACCEPT },
    accept: [200, 404],
    signal,
  });
  discard(response);
  return response.status === 200;
}
