import { OrasError } from 'oras-js';

/** What the system calls a full disk or a used-up quota. */
const FULL = ['ENOSPC', 'EDQUOT'];
/** System calls of sockets and name resolution: whatever fails there is no file's fault. */
const NETWORK_CALLS = ['connect', 'getaddrinfo', 'getnameinfo', 'listen', 'bind', 'shutdown'];
const CONNECTION_LOST = ['ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'];
const MAX_DEPTH = 8;

/**
 * Whatever was thrown as an error with a code of the catalogue. Only what nobody thought of is INTERNAL: a disk that
 * fails, a file that may not be read, an interruption are no defects of the tool.
 */
export function knownError(error: unknown): OrasError<string> {
  return recognised(error, 0) ?? internal(error);
}

function recognised(error: unknown, depth: number): OrasError<string> | undefined {
  if (error instanceof OrasError) return error;
  if (!(error instanceof Error) || depth > MAX_DEPTH) return undefined;
  // Cleaning up failed too: what it was cleaned up after is the reason.
  if (error instanceof SuppressedError) return recognised(error.suppressed, depth + 1) ?? recognised(error.error, depth + 1);
  if (error instanceof AggregateError) {
    for (const each of error.errors) {
      const known = recognised(each, depth + 1);
      if (known !== undefined) return known;
    }
  }
  if (error.name === 'AbortError') return new OrasError('ABORTED', 'interrupted', { cause: error.cause });
  return systemError(error);
}

function systemError(error: Error): OrasError<string> | undefined {
  const { syscall, code, path } = error as NodeJS.ErrnoException;
  if (typeof syscall !== 'string' || typeof code !== 'string') return undefined;
  if (NETWORK_CALLS.includes(syscall) || CONNECTION_LOST.includes(code)) {
    return new OrasError('CONNECTION_FAILED', error.message, { cause: error });
  }
  const place = path === undefined ? '' : `${path}: `;
  const kind = FULL.includes(code) ? 'DISK_FULL' : 'FILE_ERROR';
  return new OrasError(kind, `${place}${syscall} failed: ${error.message}`, { cause: error });
}

function internal(error: unknown): OrasError<string> {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new OrasError('INTERNAL', text, { cause: error instanceof Error ? error.cause : undefined });
}
