import { AirgapError } from '@zenml-airgap/bundle-spec';

export interface FileErrorOptions {
  /** The file with what it is to the user: `the receipt r.jsonl`. */
  readonly what: string;
  readonly done: 'read' | 'written';
  readonly remedy?: string | undefined;
}

/** What the system says of a file, as an error of ours: FILE_NOT_FOUND, DISK_FULL, FILE_ERROR. Anything else stays what it is. */
export function fileError(error: unknown, { what, done, remedy }: FileErrorOptions): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const options = { cause: error, remedy };
  if (error.code === 'ENOENT' && done === 'read') return new AirgapError('FILE_NOT_FOUND', `${what} does not exist`, options);
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new AirgapError(isFull ? 'DISK_FULL' : 'FILE_ERROR', `${what} cannot be ${done}: ${reasonOf(error)}`, options);
}

/** Node’s message without the path, which the sentence has already: `EISDIR: illegal operation on a directory`. */
function reasonOf({ message }: Error): string {
  return message.replace(/, \w+(?: '.*')?$/s, '');
}
