import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first `helm` on a PATH, as an absolute path. Relative folders are passed over: what runs must not depend on where.
 * @param path the PATH variable
 */
export async function findHelm(path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter).filter((part) => isAbsolute(part))) {
    const file = join(folder, 'helm');
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
