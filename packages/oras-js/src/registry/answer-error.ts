import type { IncomingHttpHeaders } from 'node:http';
import type { OrasErrorCode } from '../error.ts';
import { CLIENT_CERTIFICATE_REMEDY } from './connection-error.ts';
import { parseErrorBody, type RegistryErrorEntry } from './error-body.ts';
import { RegistryError } from './registry-error.ts';
import { retryAfterMs } from './retry-after.ts';

/** What was tried, in the words of a message: `cannot push blob sha256:… to harbor.example/zenml/api`. */
export interface Attempt {
  /** such as `push blob sha256:…` */
  readonly what: string;
  /** host[:port]/repository */
  readonly where: string;
  readonly method: string;
}

export interface FailedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const TRANSIENT_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Answers about the content that some registries send with a 5xx: asking again changes nothing. */
const LASTING_CODES = /^(?:MANIFEST_|BLOB_UNKNOWN|DIGEST_INVALID|NAME_|TAG_INVALID|SIZE_INVALID|UNSUPPORTED|DENIED)/;
const IMMUTABLE = /immutab|cannot be overwritten|does not allow updating/i;

const PROXY_LIMIT_REMEDY =
  'A proxy before the registry limits the size of requests: raise it there (nginx: client_max_body_size 0).';
/** A blob goes in one PUT only where PATCH was refused before. Azure limits a PUT to some 20 MB (harbor #23015), a PATCH not. */
const ONE_PUT_REMEDY =
  'The blob went in one request, for PATCH was refused: allow PATCH at the proxy before the registry, or raise its limit (nginx: client_max_body_size 0).';

/** Turns an answer that was not hoped for into the error that says what it means. */
export function answerError(attempt: Attempt, answer: FailedAnswer): RegistryError {
  const { status, headers } = answer;
  const entries = parseErrorBody(answer.body);
  const { code, remedy } = classify(attempt, status, entries);
  const askedMs = retryAfterMs(headers['retry-after'], Date.now());
  const pause = askedMs === undefined ? '' : `; it asks to wait ${inWords(askedMs)}`;
  const lasting = entries.some((entry) => LASTING_CODES.test(entry.code));
  return new RegistryError(code, `${attempt.where}: cannot ${attempt.what}: ${describe(status, entries)}${pause}`, {
    status,
    entries,
    remedy,
    transient: TRANSIENT_STATUSES.has(status) && !(status !== 429 && lasting),
    retryAfterMs: askedMs,
  });
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

function describe(status: number, entries: readonly RegistryErrorEntry[]): string {
  const texts = entries.map(({ code, message }) => [code, message].filter((text) => text !== '').join(': '));
  return [`the registry answered ${status}`, ...texts].join(texts.length > 0 ? ' ' : '');
}

function classify(
  { what, method }: Attempt,
  status: number,
  entries: readonly RegistryErrorEntry[],
): { code: OrasErrorCode; remedy?: string } {
  const text = entries.map((entry) => `${entry.code} ${entry.message}`).join(' ');
  const isWrite = method !== 'GET' && method !== 'HEAD';
  if (isWrite && status < 500 && IMMUTABLE.test(text)) {
    return {
      code: 'TAG_IMMUTABLE',
      remedy: 'The registry lets no tag be moved. Load under another path, or lift the rule for it.',
    };
  }
  if (isWrite && entries.some((entry) => entry.code === 'DIGEST_INVALID' || entry.code === 'SIZE_INVALID')) {
    return {
      code: 'DIGEST_MISMATCH',
      remedy: 'The content was damaged where it is stored or on its way. Get it again from where it came from.',
    };
  }
  // nginx, where `ssl_verify_client on` got none or did not take it.
  if (status === 400 && /No required SSL certificate|SSL certificate error/i.test(text)) {
    return { code: 'DENIED', remedy: CLIENT_CERTIFICATE_REMEDY };
  }
  switch (status) {
    case 401:
      return unauthorized(text);
    case 403:
      return { code: 'DENIED', remedy: deniedRemedy(text, isWrite) };
    case 404:
      return { code: 'NOT_FOUND', remedy: 'Check the name; some registries answer so for what the account may not see.' };
    case 412:
      return {
        code: 'WITHHELD',
        remedy:
          'A policy of the registry keeps this content from being read (a scan or a signature is missing). Ask its administrator.',
      };
    case 413:
      return {
        code: 'TOO_LARGE',
        remedy: method === 'PUT' && what.startsWith('push blob') ? ONE_PUT_REMEDY : PROXY_LIMIT_REMEDY,
      };
    case 429:
      return { code: 'RATE_LIMITED', remedy: 'Wait, or sign in: registries allow accounts more than anonymous users.' };
    case 405:
      return isWrite
        ? { code: 'DENIED', remedy: 'The registry is read-only, or a proxy cache. Push to another one.' }
        : { code: 'REGISTRY_ERROR' };
    case 507:
      return { code: 'REGISTRY_ERROR', remedy: 'The registry has no space left. Ask its administrator.' };
    default:
      return { code: 'REGISTRY_ERROR', ...(status >= 500 ? { remedy: "See the registry's own log for the reason." } : {}) };
  }
}

function unauthorized(text: string): { code: OrasErrorCode; remedy: string } {
  // Harbor: 401 although the password is right.
  if (/project .*not found/i.test(text)) {
    return { code: 'NOT_FOUND', remedy: 'Create the project at the registry first, or correct the path.' };
  }
  return {
    code: 'UNAUTHORIZED',
    remedy: 'Sign in, or ask for access: registries answer so for missing permissions and repositories, too.',
  };
}

function deniedRemedy(text: string, isWrite: boolean): string {
  if (/quota|storage resource|exceed/i.test(text)) return 'The storage quota is used up: free space, or have it raised.';
  if (/read.only/i.test(text)) return 'The registry is in read-only mode. Try again when its maintenance is over.';
  if (/proxy project/i.test(text)) return 'A proxy cache takes no pushes. Push to an ordinary project.';
  const lack = isWrite ? 'push' : 'read';
  const also = isWrite ? '' : ' (pushing needs that, too)';
  return `The account may not ${lack} here${also}. Ask for the permission, or use another account.`;
}
