import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import { makeFolder } from '../files/make-folder.ts';

export interface NewFile {
  readonly name: string;
  readonly text: string;
  /** Permissions, before the umask. */
  readonly mode: number;
}

/**
 * Writes files beside, syncs and renames them, all or (as far as can be seen beforehand) none.
 * @returns their paths
 * @throws OUTPUT_EXISTS with all that are there already; FILE_ERROR
 */
export async function writeNewFiles(
  folder: string,
  files: readonly NewFile[],
  { overwrite = false, signal }: OperationOptions & { readonly overwrite?: boolean | undefined },
): Promise<string[]> {
  try {
    await makeFolder(folder, 0o777);
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
