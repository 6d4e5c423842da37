import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../abort.ts';
import { pullScope } from '../auth/scopes.ts';
import { ContentVerifier } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { OrasError } from '../error.ts';
import type { Content, FetchOptions } from '../target/target.ts';
import { blobBatches } from './blob-batches.ts';
import { connectionError } from './connection-error.ts';
import { parseContentRange } from './content-range.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryHost } from './registry-host.ts';
import type { HttpResponse } from './send-request.ts';

export interface BlobPlace {
  readonly host: RegistryHost;
  readonly repository: string;
}

/**
 * Streams a blob. A connection that breaks is replaced by one that goes on at the byte where it broke; the hash goes on with it.
 * @throws as Fetcher.fetch; RegistryError, ABORTED
 */
export async function* fetchBlob(place: BlobPlace, descriptor: Descriptor, options: FetchOptions): Content {
  const { host, repository } = place;
  const { signal, buffers } = options;
  const verifier = new ContentVerifier(descriptor, `${host.name}/${repository}`, options.resume);
  for (let failures = 0; descriptor.size === 0 || verifier.received < descriptor.size; ) {
    const offset = verifier.received;
    const { response, skip } = await open(place, descriptor, offset, signal);
    try {
      yield* skip === 0
        ? blobBatches(response.message, { onBytes: (bytes) => verifier.update(bytes), buffers, signal })
        : skipping(response, { skip, verifier, signal });
      break;
    } catch (error) {
      const failure = readable(error, response, signal);
      failures = verifier.received > offset ? 1 : failures + 1;
      if (!(failure instanceof RegistryError) || !failure.transient || failures >= host.retryPolicy.attempts) throw failure;
      host.onEvent({ type: 'resume', host: response.url.host, digest: descriptor.digest, offset: verifier.received });
      await pauseBefore(failures, host, signal);
    }
  }
  verifier.finish();
}

async function pauseBefore(attempt: number, { retryPolicy }: RegistryHost, signal: AbortSignal | undefined): Promise<void> {
  const delayMs = Math.min(retryPolicy.minDelayMs * 2 ** (attempt - 1), retryPolicy.maxDelayMs);
  await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => throwIfAborted(signal));
}

function readable(error: unknown, response: HttpResponse, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason });
  return error instanceof OrasError ? error : connectionError(error, response.url, true);
}

interface OpenBlob {
  readonly response: HttpResponse;
  /** Bytes at the body's beginning that are here already. */
  readonly skip: number;
}

async function open(
  { host, repository }: BlobPlace,
  descriptor: Descriptor,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<OpenBlob> {
  const where = `${host.name}/${repository}`;
  const what = `fetch blob ${descriptor.digest}`;
  const response = await host.request({
    what,
    where,
    method: 'GET',
    target: `${repository}/blobs/${descriptor.digest}`,
    repository,
    scopes: [pullScope(repository)],
    headers: offset === 0 ? {} : { Range: `bytes=${offset}-` },
    accept: offset === 0 ? [200] : [200, 206],
    isVerified: true,
    signal,
  });
  const fail = (reason: string, code: 'SIZE_MISMATCH' | 'INVALID_RESPONSE'): never => {
    response.message.destroy();
    throw new RegistryError(code, `${where}: cannot ${what}: ${reason}`, {
      remedy: 'The content was cut short or replaced where it is stored or on its way. Get it again from where it came from.',
    });
  };
  const length = response.headers['content-length'];
  if (response.status === 206) {
    const range = parseContentRange(response.headers['content-range']);
    if (range?.first !== offset || (range.total ?? descriptor.size) !== descriptor.size) {
      fail('the registry sent another range than was asked for', 'INVALID_RESPONSE');
    }
    return { response, skip: 0 };
  }
  if (length !== undefined && Number(length) !== descriptor.size) {
    fail(`it should have ${descriptor.size} bytes, the registry has ${Number(length)}`, 'SIZE_MISMATCH');
  }
  return { response, skip: offset };
}

/** A server that knows no Range sends all again: the beginning was verified and is dropped. */
async function* skipping(
  { message }: HttpResponse,
  {
    skip,
    verifier,
    signal,
  }: { readonly skip: number; readonly verifier: ContentVerifier; readonly signal: AbortSignal | undefined },
): Content {
  let left = skip;
  const onBytes = (bytes: Uint8Array): void => {
    const dropped = Math.min(left, bytes.byteLength);
    left -= dropped;
    if (dropped < bytes.byteLength) verifier.update(bytes.subarray(dropped));
  };
  const batches = blobBatches(message, { onBytes, buffers: undefined, signal });
  let before = skip;
  for await (const batch of batches) {
    const kept = batch.flatMap((chunk) => {
      const dropped = Math.min(before, chunk.byteLength);
      before -= dropped;
      return dropped < chunk.byteLength ? [chunk.subarray(dropped)] : [];
    });
    if (kept.length > 0) yield kept;
  }
}
