import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A layout is a folder from anywhere: neither follow links out of it nor wait for a pipe in it. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * A layout's file of metadata, whole.
 * @returns `undefined` where there is none, or it is no file or has more than `maxBytes`
 */
export async function readSmallFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  await using file = await open(path, READ_FLAGS).catch(ignoreAbsent);
  const found = await file?.stat();
  return file && found?.isFile() && found.size <= maxBytes ? file.readFile() : undefined;
}

/** A link in place of a file counts as absent, for it is none of the layout's content. */
export function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ELOOP' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
