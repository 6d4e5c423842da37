import { ERROR_CATALOGUE } from './error-catalogue.ts';
import type { ErrorCode } from './error-code.ts';
import { ExitCode } from './exit-code.ts';

/** What the system calls it → what we do; whoever knows the place throws our own code instead. */
const SYSTEM_EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  ENOSPC: ExitCode.preflight,
  EDQUOT: ExitCode.preflight,
  EACCES: ExitCode.permission,
  EPERM: ExitCode.permission,
};

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CATALOGUE, code);
}

/** The exit code for whatever was thrown; several errors at once: that of the first that has one. */
export function exitCodeOf(error: unknown): ExitCode {
  if (typeof error !== 'object' || error === null) return ExitCode.unexpected;
  if ('name' in error && error.name === 'AbortError') return ExitCode.interrupted;
  const code = 'code' in error ? error.code : undefined;
  // A file that may not be read: the system's reason says more than that there is one.
  if (code === 'FILE_ERROR' && 'cause' in error) return systemExitCode(error.cause) ?? ERROR_CATALOGUE.FILE_ERROR.exitCode;
  if (isErrorCode(code)) return ERROR_CATALOGUE[code].exitCode;
  const ofSystem = systemExitCode(error);
  if (ofSystem !== undefined) return ofSystem;
  if (error instanceof AggregateError) {
    return error.errors.map(exitCodeOf).find((exitCode) => exitCode !== ExitCode.unexpected) ?? ExitCode.unexpected;
  }
  return ExitCode.unexpected;
}

function systemExitCode(error: unknown): ExitCode | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && Object.hasOwn(SYSTEM_EXIT_CODES, code) ? SYSTEM_EXIT_CODES[code] : undefined;
}
