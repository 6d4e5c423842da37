import { pullScope } from '../auth/scopes.ts';
import type { Descriptor } from '../content/descriptor.ts';
import type { OperationOptions } from '../target/target.ts';
import { parseContentRange } from './content-range.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryCall } from './registry-host.ts';
import type { HttpResponse } from './send-request.ts';

/** A signed URL of a storage is bound to GET: HEAD is refused there. */
const HEAD_REFUSED = new Set([400, 403, 405, 501]);

/**
 * Whether the repository has the blob, of the size that it should have: a registry that kept but a part of it does not count.
 * @throws RegistryError, ABORTED
 */
export async function blobExists(
  { host, repository }: BlobPlace,
  descriptor: Descriptor,
  { signal, retry = true }: OperationOptions & { readonly retry?: boolean },
): Promise<boolean> {
  const call: RegistryCall = {
    what: `look for blob ${descriptor.digest}`,
    where: `${host.name}/${repository}`,
    method: 'HEAD',
    target: `${repository}/blobs/${descriptor.digest}`,
    repository,
    scopes: [pullScope(repository)],
    accept: [200, 404],
    isVerified: true,
    signal,
  };
  const request = (part: Partial<RegistryCall>) => {
    const whole = { ...call, ...part };
    return retry ? host.request(whole) : host.requestOnce(whole);
  };
  try {
    const response = await request({});
    discard(response);
    const length = response.headers['content-length'];
    return response.status === 200 && (length === undefined || Number(length) === descriptor.size);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.status === undefined || !HEAD_REFUSED.has(error.status)) throw error;
  }
  const response = await request({ method: 'GET', headers: { Range: 'bytes=0-0' }, accept: [200, 206, 404, 416] });
  response.message.destroy();
  return response.status !== 404 && (sizeOf(response) ?? descriptor.size) === descriptor.size;
}

/** Of the whole blob, in the answer to a GET of its first byte; of an empty one there is none. */
function sizeOf({ status, headers }: HttpResponse): number | undefined {
  if (status === 416) return 0;
  if (status === 206) return parseContentRange(headers['content-range'])?.total;
  return headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
}
