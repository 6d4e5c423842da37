import { AirgapError } from '@zenml-airgap/bundle-spec';

/** Where the receipt fails, it cannot tell what the load did: the error has to. Any other error stays what it is. */
export function receiptFailure(error: unknown, moved: readonly string[]): unknown {
  if (!(error instanceof AirgapError) || (error.code !== 'DISK_FULL' && error.code !== 'FILE_ERROR')) return error;
  const { code, message, remedy, cause } = error;
  if (moved.length === 0) return new AirgapError(code, `${message}; no tag was moved`, { remedy, cause });
  return new AirgapError(code, `${message}; these were tagged by then, and the receipt may lack them`, {
    problems: moved,
    remedy,
    cause,
  });
}
