import { statfs } from 'node:fs/promises';
import { ImageSourceError } from '../image-source-error.ts';

const REMEDY = 'Free some space there, or keep the cache on another disk.';

/** @throws NOT_ENOUGH_SPACE before anything is written */
export async function assertFreeSpace(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (neededBytes <= freeBytes) return;
  throw new ImageSourceError('NOT_ENOUGH_SPACE', `${folder} has ${freeBytes} bytes free, preparing needs up to ${neededBytes}`, {
    remedy: REMEDY,
  });
}

/** The file system's own word for it, where something else filled the disk meanwhile; other errors as they are. */
export function outOfSpace(error: unknown, folder: string): unknown {
  const full = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return full ? new ImageSourceError('DISK_FULL', `${folder} is full`, { remedy: REMEDY, cause: error }) : error;
}
