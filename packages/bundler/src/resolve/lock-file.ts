import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AirgapError, formatLock, type Lock, parseLock } from '@zenml-airgap/bundle-spec';

/** @returns undefined where there is none */
export async function readLock(path: string): Promise<Lock | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AirgapError('FILE_ERROR', `${path} cannot be read`, { cause: error });
  }
  return parseLock(text, { file: path });
}

/** Written beside, synced, renamed: a lock of that name is a whole one. */
export async function writeLock(path: string, lock: Lock): Promise<void> {
  const beside = `${path}.new`;
  try {
    await using file = await open(beside, 'w');
    await file.writeFile(formatLock(lock));
    await file.sync();
    await rename(beside, path);
    await using folder = await open(dirname(path), 'r');
    await folder.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw new AirgapError('FILE_ERROR', `${path} cannot be written`, { cause: error });
  }
}
