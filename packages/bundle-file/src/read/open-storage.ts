import { stat } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { BundleStorage } from './bundle-storage.ts';
import { FolderStorage } from './folder-storage.ts';
import { TarStorage } from './tar-storage.ts';

/** @throws FILE_NOT_FOUND, FILE_ERROR, NOT_A_BUNDLE */
export async function openStorage(path: string): Promise<BundleStorage> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return new FolderStorage(path);
    if (stats.isFile()) return await TarStorage.open(path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if ('code' in cause && cause.code === 'ENOENT')
      throw new AirgapError('FILE_NOT_FOUND', `there is no ${path}`, {
        cause,
        remedy: 'Check the path: name the bundle’s tar, or the folder that it was unpacked into.',
      });
    throw new AirgapError('FILE_ERROR', `${path} cannot be read: ${cause.message}`, { cause });
  }
  throw new AirgapError('NOT_A_BUNDLE', `${path} is neither a file nor a folder`);
}
