import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test's own, gone when the test is; in memory where the system offers that. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const memory = await stat('/dev/shm').catch(() => undefined);
  const path = await mkdtemp(join(memory?.isDirectory() === true ? '/dev/shm' : tmpdir(), 'bundle-file-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
