import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder with those above it. One by one, for Node's `recursive` never ends where the system says ENOENT to a name below a
 * folder that is there, as /proc does (Node 24.21).
 * @returns the topmost one that was made; `undefined` where all were there
 * @throws what the system says
 */
export async function makeFolder(path: string, mode: number): Promise<string | undefined> {
  const missing: string[] = [];
  for (let current = resolve(path); !(await isThere(current)); current = dirname(current)) missing.unshift(current);
  for (const folder of missing) {
    await mkdir(folder, { mode }).catch((error: NodeJS.ErrnoException) => {
      // Somebody else made it in the meantime.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return missing[0];
}

/** The root always is. */
async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
