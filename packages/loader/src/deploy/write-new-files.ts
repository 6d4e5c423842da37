import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';

export interface NewFile {
  readonly name: string;
  readonly text: string;
  /** Permissions, before the umask. */
  readonly mode: number;
}

/**
 * Writes files beside, syncs and renames them, all or (as far as can be seen beforehand) none.
 * @returns their paths
 * @throws OUTPUT_EXISTS with all that are there already; FILE_NOT_FOUND where there is nothing to make the folder in; FILE_ERROR
 */
export async function writeNewFiles(
  folder: string,
  files: readonly NewFile[],
  { overwrite = false, signal }: OperationOptions & { readonly overwrite?: boolean | undefined },
): Promise<string[]> {
  try {
    await makeOne(folder);
    if (!overwrite) await refuseExisting(folder, files);
    const paths: string[] = [];
    for (const file of files) {
      throwIfAborted(signal);
      paths.push(await writeFileBeside(folder, file));
    }
    return paths;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new AirgapError('FILE_ERROR', `${folder}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** The folder itself; those above it have to be there: a path with a slip in it makes no tree elsewhere. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') {
      throw new AirgapError('FILE_NOT_FOUND', `there is no folder ${dirname(resolve(folder))} to make ${basename(folder)} in`, {
        remedy: 'Make it first, or name another folder with -o.',
        cause: error,
      });
    }
    if (code !== 'EEXIST') throw error;
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
      throw new AirgapError('OUTPUT_EXISTS', `${folder} exists, and is no folder`, {
        remedy: 'Name another folder with -o.',
        cause: error,
      });
    }
  }
}

async function refuseExisting(folder: string, files: readonly NewFile[]): Promise<void> {
  const problems: string[] = [];
  for (const { name } of files) {
    const path = join(folder, name);
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    );
    if (isThere) problems.push(path);
  }
  if (problems.length === 0) return;
  throw new AirgapError('OUTPUT_EXISTS', 'files exist already, and may have been filled in', {
    problems,
    remedy: 'Name another folder with -o, or move them away.',
  });
}

async function writeFileBeside(folder: string, { name, text, mode }: NewFile): Promise<string> {
  const unfinished = join(folder, `.${randomUUID()}.partial`);
  const path = join(folder, name);
  try {
    const file = await open(unfinished, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    return path;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
