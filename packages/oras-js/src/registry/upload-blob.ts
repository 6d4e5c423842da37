import { pushScope } from '../auth/scopes.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { digestAlgorithm } from '../content/digest.ts';
import type { OpenContent, OperationOptions } from '../target/target.ts';
import { blobExists } from './blob-exists.ts';
import { explainDroppedUpload } from './explain-dropped-upload.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { discard } from './follow-redirects.ts';
import { uploadLocation, withParameter } from './location.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryCall } from './registry-host.ts';
import type { HttpResponse, StreamBody } from './send-request.ts';

/** Refusals of PATCH itself, where the same body in one PUT may be taken. */
const PATCH_REFUSED = new Set([400, 404, 405, 411, 415, 416, 501]);

/** A body that comes in one piece cannot lose a part of it: below this, 201 is believed without a HEAD. */
const MIN_CHECKED_BYTES = 1024 * 1024;

export interface UploadOptions extends OperationOptions {
  /** A session that a refused mount has opened; used for the first attempt. */
  readonly session?: URL | undefined;
}

interface Step {
  readonly place: BlobPlace;
  readonly descriptor: Descriptor;
  readonly body: StreamBody;
  readonly signal: AbortSignal | undefined;
}

/**
 * Uploads a blob the way that the most registries take: POST, one PATCH with the whole body, an empty PUT; where PATCH is refused,
 * POST and one PUT. A session is never continued: after a broken connection all begins anew with `open`.
 * @throws RegistryError, ABORTED, DIGEST_MISMATCH; what `open` throws, as it is
 */
export async function uploadBlob(
  place: BlobPlace,
  descriptor: Descriptor,
  open: OpenContent,
  options: UploadOptions,
): Promise<void> {
  const { signal } = options;
  const step: Step = { place, descriptor, body: { size: descriptor.size, open }, signal };
  try {
    await uploadWithRetries(step, options.session);
  } catch (error) {
    throw await explainDroppedUpload(place, descriptor.digest, { error, signal });
  }
}

async function uploadWithRetries(step: Step, opened: URL | undefined): Promise<void> {
  const { place, descriptor, signal } = step;
  let session = opened;
  // Some registries take no empty PATCH.
  let isPatchTaken = descriptor.size > 0;
  await place.host.retry(signal, async (attempt) => {
    // An attempt may have been committed, and only its answer lost.
    if (attempt > 1 && (await isCommitted(step))) return;
    const at = session ?? (await begin(step));
    session = undefined;
    if (!isPatchTaken) return await commit(step, at, step.body);
    try {
      return await commit(step, await patch(step, at), undefined);
    } catch (error) {
      // Artifactory has stored the last part alone of what came by PATCH: what is not there afterwards is sent by PUT.
      isPatchTaken = !isPatchRefused(error) && !(error instanceof RegistryError && error.code === 'INVALID_RESPONSE');
      if (!isPatchRefused(error)) throw error;
    }
    await commit(step, await begin(step), step.body);
  });
}

async function isCommitted({ place, descriptor, signal }: Step): Promise<boolean> {
  try {
    return await blobExists(place, descriptor, { signal, retry: false });
  } catch (error) {
    if (error instanceof RegistryError && error.status !== undefined && !error.transient) return false;
    throw error;
  }
}

async function begin(step: Step): Promise<URL> {
  const response = await call(step, { method: 'POST', target: `${step.place.repository}/blobs/uploads/`, accept: [202, 201] });
  discard(response);
  return uploadLocation(response.headers.location, response.url);
}

async function patch(step: Step, at: URL): Promise<URL> {
  const response = await call(step, { method: 'PATCH', target: at, body: step.body, accept: [201, 202, 204] });
  discard(response);
  if (!response.isBodySent) throw early(step, response);
  return response.headers.location === undefined ? at : uploadLocation(response.headers.location, response.url);
}

async function commit(step: Step, at: URL, body: StreamBody | undefined): Promise<void> {
  const { place, descriptor, signal } = step;
  const target = withParameter(at, 'digest', descriptor.digest);
  const response = await call(step, { method: 'PUT', target, body: body ?? new Uint8Array(), accept: [200, 201, 202, 204] });
  discard(response);
  const stored = response.headers['docker-content-digest'];
  const isSameAlgorithm = typeof stored === 'string' && stored.startsWith(`${digestAlgorithm(descriptor.digest)}:`);
  if (isSameAlgorithm && stored !== descriptor.digest) {
    throw new RegistryError('DIGEST_MISMATCH', `${whereOf(place)}: blob ${descriptor.digest} was stored under another digest`, {
      remedy: 'The content was damaged on its way. Try again; if it happens again, look at the proxies between.',
    });
  }
  const isClear = response.isBodySent && (response.status === 201 || response.status === 204);
  if (isClear && descriptor.size < MIN_CHECKED_BYTES) return;
  if (isClear ? await isKept(step) : await blobExists(place, descriptor, { signal })) return;
  throw early(step, response);
}

/** Whether HEAD tells of the whole blob; who may push and not read has only the registry's word. */
async function isKept({ place, descriptor, signal }: Step): Promise<boolean> {
  try {
    return await blobExists(place, descriptor, { signal, retry: false });
  } catch (error) {
    if (error instanceof RegistryError && error.status !== undefined && !error.transient) return true;
    throw error;
  }
}

async function call(
  { place, descriptor, signal }: Step,
  part: Pick<RegistryCall, 'method' | 'target' | 'accept' | 'body'>,
): Promise<HttpResponse> {
  const { host, repository } = place;
  const whole: RegistryCall = {
    ...part,
    what: `push blob ${descriptor.digest}`,
    where: whereOf(place),
    headers: { 'Content-Type': 'application/octet-stream' },
    repository,
    scopes: [pushScope(repository)],
    signal,
  };
  try {
    return await host.requestOnce(whole);
  } catch (error) {
    throw isSessionLost(error) ? beginAgain(error) : error;
  }
}

function beginAgain({ code, message, status }: RegistryError): RegistryError {
  return new RegistryError(code, message, {
    status,
    transient: true,
    remedy: 'The registry lost the upload. Where several nodes of it answer, they must share their storage and its http.secret.',
  });
}

/** The registry was restarted, or another node of it answers: distribution says so with 404. Begin anew. */
function isSessionLost(error: unknown): error is RegistryError {
  // Nexus says BLOB_UPLOAD_INVALID of what it lets nobody change.
  if (!(error instanceof RegistryError) || error.code === 'TAG_IMMUTABLE') return false;
  return error.registryCodes.some((code) => code.startsWith('BLOB_UPLOAD_'));
}

/** A refusal that tells of a lost session, a missing repository or the content is about these, not about PATCH. */
function isPatchRefused(error: unknown): boolean {
  if (!(error instanceof RegistryError) || error.transient || error.status === undefined) return false;
  const isOther = error.registryCodes.some((code) => /^(?:BLOB_UPLOAD_|NAME_|DIGEST_|SIZE_)/.test(code));
  return PATCH_REFUSED.has(error.status) && !isOther;
}

function early(step: Step, { status }: HttpResponse): RegistryError {
  const text = `${whereOf(step.place)}: the registry answered ${status} to blob ${step.descriptor.digest}, but does not have it`;
  return new RegistryError('INVALID_RESPONSE', text, {
    transient: true,
    remedy: 'Try again. If it happens again, the registry or a proxy before it is broken.',
  });
}

function whereOf({ host, repository }: BlobPlace): string {
  return `${host.name}/${repository}`;
}
