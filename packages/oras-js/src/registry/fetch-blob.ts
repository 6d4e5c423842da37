import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../abort.ts';
import { pullScope } from '../auth/scopes.ts';
import { ContentVerifier } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { escapeControl } from '../content/escape-control.ts';
import { OrasError } from '../error.ts';
import type { Content, FetchOptions } from '../target/target.ts';
import { blobBatches } from './blob-batches.ts';
import { connectionError } from './connection-error.ts';
import { parseContentRange } from './content-range.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryHost } from './registry-host.ts';
import type { HttpResponse } from './send-request.ts';

/** The attack: a byte with each connection would keep a client busy for ever. What brings less counts as a failure. */
const MIN_PROGRESS_BYTES = 64 * 1024;

export interface BlobPlace {
  readonly host: RegistryHost;
  readonly repository: string;
}

/**
 * Streams a blob. A connection that breaks, or an answer that ends early, is followed by one that goes on at the byte where it
 * ended; the hash goes on with it.
 * @throws as Fetcher.fetch; RegistryError, ABORTED
 */
export async function* fetchBlob(place: BlobPlace, descriptor: Descriptor, options: FetchOptions): Content {
  const { host, repository } = place;
  const { signal, buffers } = options;
  const verifier = new ContentVerifier(descriptor, `${host.name}/${repository}`, options.resume);
  let counted = verifier.received;
  for (let failures = 0; descriptor.size === 0 || verifier.received < descriptor.size; ) {
    const offset = verifier.received;
    const { response, skip, end } = await open(place, descriptor, offset, signal);
    try {
      yield* skip === 0
        ? blobBatches(response.message, { onBytes: (bytes) => verifier.update(bytes), buffers, signal })
        : skipping(response, { skip, verifier, signal });
      if (verifier.received === descriptor.size) break;
      // A 206 may be shorter than what was asked for (RFC 9110, 15.3.7): the rest is asked for next.
      if (verifier.received < end || verifier.received - offset < MIN_PROGRESS_BYTES) throw endedEarly(response);
    } catch (error) {
      const failure = readable(error, response, signal);
      if (verifier.received - counted >= MIN_PROGRESS_BYTES) {
        counted = verifier.received;
        failures = 0;
      }
      failures += 1;
      if (!(failure instanceof RegistryError) || !failure.transient || failures >= host.retryPolicy.attempts) throw failure;
      host.onEvent({ type: 'resume', host: response.url.host, digest: descriptor.digest, offset: verifier.received });
      await pauseBefore(failures, host, signal);
    }
  }
  verifier.finish();
}

/** By its proper end: a proxy that lost its own connection ends a chunked answer so. */
function endedEarly({ url }: HttpResponse): RegistryError {
  return new RegistryError('CONNECTION_FAILED', `${url.host}: the answer ended early`, {
    remedy: 'Try again. If it keeps ending early, look at the proxies between.',
    transient: true,
  });
}

async function pauseBefore(attempt: number, { retryPolicy }: RegistryHost, signal: AbortSignal | undefined): Promise<void> {
  const delayMs = Math.min(retryPolicy.minDelayMs * 2 ** (attempt - 1), retryPolicy.maxDelayMs);
  await sleep(delayMs, undefined, signal ? { signal } : {}).catch(() => throwIfAborted(signal));
}

function readable(error: unknown, response: HttpResponse, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason });
  if (!(error instanceof OrasError)) return connectionError(error, response.url, true);
  const isMismatch = error.code === 'SIZE_MISMATCH' || error.code === 'DIGEST_MISMATCH';
  if (!isMismatch || encodingOf(response) === undefined) return error;
  return new OrasError(error.code, error.message, { remedy: remedyFor(response), cause: error });
}

interface OpenBlob {
  readonly response: HttpResponse;
  /** Bytes at the body's beginning that are here already. */
  readonly skip: number;
  /** The blob's offset at which the answer ends, by its own word. */
  readonly end: number;
}

/** Opens the blob at `offset`; where the server cannot go on there, from its beginning. */
async function open(
  place: BlobPlace,
  descriptor: Descriptor,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<OpenBlob> {
  if (offset > 0) {
    const response = await request(place, descriptor, { range: `bytes=${offset}-`, accept: [200, 206, 416] }, signal);
    if (response.status === 200) return whole(place, descriptor, response, offset);
    const range = parseContentRange(response.headers['content-range']);
    const total = range?.total ?? unsatisfiedTotal(response);
    if (total !== undefined && total !== descriptor.size) throw wrongSize(place, descriptor, response, total);
    if (response.status === 206 && range?.first === offset) return { response, skip: 0, end: range.last + 1 };
    // 416, or another range than was asked for.
    response.message.destroy();
  }
  return whole(place, descriptor, await request(place, descriptor, { accept: [200] }, signal), offset);
}

function whole(place: BlobPlace, descriptor: Descriptor, response: HttpResponse, offset: number): OpenBlob {
  const length = response.headers['content-length'];
  if (length !== undefined && Number(length) !== descriptor.size) throw wrongSize(place, descriptor, response, Number(length));
  return { response, skip: offset, end: descriptor.size };
}

function request(
  { host, repository }: BlobPlace,
  descriptor: Descriptor,
  { range, accept }: { readonly range?: string; readonly accept: readonly number[] },
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  return host.request({
    what: whatOf(descriptor),
    where: `${host.name}/${repository}`,
    method: 'GET',
    target: `${repository}/blobs/${descriptor.digest}`,
    repository,
    scopes: [pullScope(repository)],
    headers: range === undefined ? {} : { Range: range },
    accept,
    isVerified: true,
    signal,
  });
}

function wrongSize({ host, repository }: BlobPlace, descriptor: Descriptor, response: HttpResponse, size: number): OrasError {
  response.message.destroy();
  const reason = `it should have ${descriptor.size} bytes, the registry has ${size}`;
  return new RegistryError('SIZE_MISMATCH', `${host.name}/${repository}: cannot ${whatOf(descriptor)}: ${reason}`, {
    remedy: remedyFor(response),
  });
}

function whatOf({ digest }: Descriptor): string {
  return `fetch blob ${digest}`;
}

/** A 416's `Content-Range: bytes *\/10` names the blob's size. */
function unsatisfiedTotal({ status, headers }: HttpResponse): number | undefined {
  const total = status === 416 ? /^bytes \*\/(\d{1,15})$/i.exec(headers['content-range']?.trim() ?? '')?.[1] : undefined;
  return total === undefined ? undefined : Number(total);
}

function encodingOf({ headers }: HttpResponse): string | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return encoding === '' || encoding === 'identity' ? undefined : escapeControl(encoding, 40);
}

/** Storages label a layer with its own compression, and send it as it is; a proxy that compresses on its own changes the bytes. */
function remedyFor(response: HttpResponse): string {
  const encoding = encodingOf(response);
  return encoding === undefined
    ? 'The content was cut short or replaced where it is stored or on its way. Get it again from where it came from.'
    : `It came with Content-Encoding: ${encoding}, which was not asked for: have the proxy before the registry compress nothing.`;
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
