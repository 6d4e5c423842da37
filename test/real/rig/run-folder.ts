import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let own: string | undefined;

/** The folder of this run: `scripts/test` makes one for all files and keeps it when a test failed; alone, a file has its own. */
export function runFolder(): string {
  const given = process.env.ZENML_AIRGAP_RUN;
  if (given !== undefined) return given;
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'zenml-airgap-'));
    own = folder;
    process.once('exit', (code) => {
      if (code === 0) rmSync(folder, { recursive: true, force: true });
      else process.stderr.write(`logs are kept in ${folder}\n`);
    });
  }
  return own;
}

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder for one test, removed with it. */
export function temporaryFolder(name: string): Promise<TemporaryFolder> {
  return mkdtempDisposable(join(runFolder(), `${name}-`));
}

let logs = 0;

/** Where a server's output goes: beside the tests' folders, so that it outlives them. */
export function logFile(name: string): string {
  const folder = join(runFolder(), 'logs');
  mkdirSync(folder, { recursive: true });
  logs += 1;
  return join(folder, `${process.pid}-${logs}-${name}.log`);
}
