import { AirgapError } from '@zenml-airgap/bundle-spec';

/** What the system says about a write, as an error of ours; anything else stays what it is. */
export function diskError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new AirgapError('DISK_FULL', `no space left while writing ${path}`, {
      remedy: 'Free space on that disk and run the same command again: it continues where it stopped.',
      cause: error,
    });
  }
  if (error.code === 'EFBIG') {
    return new AirgapError('FILE_ERROR', `the file system of ${path} takes no file as large as the bundle`, {
      remedy: 'FAT32 ends at 4 GiB: build onto another disk, or format the medium as exFAT.',
      cause: error,
    });
  }
  return new AirgapError('FILE_ERROR', `writing ${path} failed: ${error.message}`, { cause: error });
}
