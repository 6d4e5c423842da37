import type { FileHandle } from 'node:fs/promises';

/** A range of an open file: an entry of the tar, or a whole file of a folder. Disposing it closes what was opened for it. */
export interface Section extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly offset: number;
  readonly size: number;
  /** The file, for messages. */
  readonly path: string;
}
