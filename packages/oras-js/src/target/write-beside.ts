import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

/**
 * Writes beside, syncs, renames: a path has complete content or does not exist.
 * @param beside the folder for the unfinished file, on the same file system
 * @param write returns the path: content may have its name from its digest
 */
export async function writeBeside(beside: string, write: (file: FileHandle) => Promise<string>): Promise<void> {
  const unfinished = join(beside, `${randomUUID()}.partial`);
  const file = await open(unfinished, 'wx', 0o644);
  let path: string;
  try {
    try {
      path = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Makes the folder's renames last a power cut. Windows cannot open folders, and needs it less. */
export async function syncFolder(path: string): Promise<void> {
  if (platform() === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
