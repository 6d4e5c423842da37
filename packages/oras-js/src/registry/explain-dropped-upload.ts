import { pullScope } from '../auth/scopes.ts';
import type { Digest } from '../content/digest.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { RegistryError } from './registry-error.ts';

/**
 * ECR answers an upload to a repository that it does not have by closing the connection (containers-roadmap #1970), and says why to a
 * read. Only after the last attempt: others say so, too, of a repository that its first push creates.
 * @returns the error to throw for `error`
 */
export async function explainDroppedUpload(
  { host, repository }: BlobPlace,
  digest: Digest,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal | undefined },
): Promise<unknown> {
  if (!(error instanceof RegistryError) || error.code !== 'CONNECTION_FAILED') return error;
  const where = `${host.name}/${repository}`;
  try {
    const response = await host.requestOnce({
      what: `look for blob ${digest}`,
      where,
      method: 'GET',
      target: `${repository}/blobs/${digest}`,
      repository,
      scopes: [pullScope(repository)],
      headers: { Range: 'bytes=0-0' },
      accept: [200, 206, 416],
      isVerified: true,
      signal,
    });
    response.message.destroy();
    return error;
  } catch (answer) {
    if (!(answer instanceof RegistryError) || !answer.registryCodes.includes('NAME_UNKNOWN')) return error;
    return new RegistryError(
      'NOT_FOUND',
      `${where}: the registry closes the connection when blob ${digest} is pushed (${answer.message})`,
      {
        status: answer.status,
        cause: error,
        remedy: 'Create the repository at the registry first; Amazon ECR creates none by itself.',
      },
    );
  }
}
