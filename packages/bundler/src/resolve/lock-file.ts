import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError } from '@zenml-airgap/bundle-file';
import { AirgapError, formatLock, type Lock, parseLock } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';

/**
 * @returns undefined where there is none
 * @throws INVALID_LOCK, FILE_ERROR, ABORTED
 */
export async function readLock(path: string, { signal }: OperationOptions = {}): Promise<Lock | undefined> {
  throwIfAborted(signal);
  let text: string;
  try {
    text = await readFile(path, { encoding: 'utf8', signal });
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AirgapError('FILE_ERROR', `${path} cannot be read`, { cause: error });
  }
  return parseLock(text, { file: path });
}

/**
 * Written beside, synced, renamed: a lock of that name is a whole one. The name beside is new each time: a link that was
 * planted leads nowhere, and two runs do not write into one file.
 * @throws DISK_FULL, FILE_ERROR, ABORTED; the old lock is as it was then
 */
export async function writeLock(path: string, lock: Lock, { signal }: OperationOptions = {}): Promise<void> {
  throwIfAborted(signal);
  const beside = `${path}.${randomUUID()}.partial`;
  try {
    {
      await using file = await open(beside, 'wx', 0o644);
      await file.writeFile(formatLock(lock), { signal });
      await file.sync();
    }
    await rename(beside, path);
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throwIfAborted(signal);
    throw diskError(error, path);
  }
}
