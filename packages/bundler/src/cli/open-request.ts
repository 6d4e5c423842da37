import { fittingLock } from '../resolve/settle-lock.ts';
import type { BundlerContext } from './bundler-context.ts';
import { type RequestFile, readRequest } from './read-request.ts';
import type { RequestOptions } from './request-options.ts';

/**
 * The request that a command works on. With `--locked` its lock fits: known before a passphrase is typed or a registry asked.
 * @throws what reading the request throws; LOCK_MISSING, LOCK_OUTDATED, INVALID_LOCK
 */
export async function openRequest(options: RequestOptions, { signal }: BundlerContext): Promise<RequestFile> {
  const file = await readRequest(options.file, options);
  if (options.locked === true) await fittingLock({ ...file, signal });
  return file;
}
