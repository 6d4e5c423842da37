import { AirgapError } from '@zenml-airgap/bundle-spec';

/** What the system says about a read (EIO of a bad medium, EACCES), as an error of ours; anything else stays what it is. */
export function readError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  return new AirgapError('FILE_ERROR', `${path} cannot be read: ${error.message}`, {
    remedy:
      error.code === 'EACCES' || error.code === 'EPERM'
        ? 'Give the user that runs this the right to read it.'
        : 'Check the medium, and copy the bundle again; a medium that fails once is not to be trusted.',
    cause: error,
  });
}
