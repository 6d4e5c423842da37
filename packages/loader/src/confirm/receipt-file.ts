import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AirgapError, formatReceiptEntry, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import { fileError } from '../files/file-error.ts';
import { makeFolder } from '../files/make-folder.ts';

const BEGINNING = '{"event":"start",';
const MAX_RECEIPT_BYTES = 256 * 1024 * 1024;

export interface OpenReceiptOptions extends OperationOptions {
  /** Make the folders above the file, private ones. Default: they have to be there. */
  readonly makeFolders?: boolean | undefined;
}

/** The receipt of one load: JSON lines, each on the disk before the next tag moves. */
export class ReceiptFile implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /**
   * Opens `path` for appending: a second load may go on in the receipt of the first.
   * @throws INVALID_RECEIPT where the file is something else; FILE_NOT_FOUND where its folder is missing; FILE_ERROR, DISK_FULL, ABORTED
   */
  static async open(path: string, { signal, makeFolders = false }: OpenReceiptOptions = {}): Promise<ReceiptFile> {
    throwIfAborted(signal);
    await using closing = new AsyncDisposableStack();
    try {
      const folder = dirname(resolve(path));
      const firstMade = makeFolders ? await makeFolder(folder, 0o700) : undefined;
      if (!makeFolders) await assertReceiptFolder(path);
      const file = closing.use(await open(path, 'a+', 0o600));
      const { size } = await file.stat();
      if (size === 0) await syncFolders(folder, firstMade);
      else await dropTornLine(file, size, path);
      throwIfAborted(signal);
      closing.move();
      return new ReceiptFile(path, file);
    } catch (error) {
      throw fileError(error, {
        what: `the receipt ${path}`,
        done: 'written',
        remedy: 'Name another place with --receipt; nothing was pushed.',
      });
    }
  }

  /**
   * Resolves once the entries are synced; calls at the same time take turns.
   * @throws DISK_FULL, FILE_ERROR: then none of the entries is in the file
   */
  append(...entries: readonly ReceiptEntry[]): Promise<void> {
    const text = entries.map(formatReceiptEntry).join('');
    if (text === '') return this.#last;
    const written = this.#last.then(() => this.#write(text));
    // A failure is its caller's; the next entry is still tried.
    this.#last = written.catch(() => {});
    return written;
  }

  async #write(text: string): Promise<void> {
    const { size } = await this.#file.stat();
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    } catch (error) {
      // Half a line must not have the next one grow onto it. Where that fails too, the first failure is the one to tell.
      await this.#file.truncate(size).catch(() => {});
      throw fileError(error, {
        what: `the receipt ${this.path}`,
        done: 'written',
        remedy: 'Free space on that disk, or name another file with --receipt, and run the same command again.',
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}

/** @throws FILE_NOT_FOUND where a receipt that was named has no folder: one with a slip in its path is not made */
export async function assertReceiptFolder(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (isThere) return;
  throw new AirgapError('FILE_NOT_FOUND', `there is no folder ${folder} for the receipt`, {
    remedy: 'Make it first, or name another place with --receipt; nothing was pushed.',
  });
}

/** A file that was synced is lost all the same where its name is not: the folder holds that, and what holds new folders theirs. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const last = firstMade === undefined ? folder : dirname(resolve(firstMade));
  for (let current = folder; ; current = dirname(current)) {
    await syncFolder(current);
    if (current === last || current === dirname(current)) return;
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch {
    // Network file systems may not let folders be synced, and a folder may be for writing only: as safe as it gets there.
  }
}

/** A kill may have cut off the last line; what follows it must not grow onto it. A file that is no receipt is left alone. */
async function dropTornLine(file: FileHandle, size: number, path: string): Promise<void> {
  const head = Buffer.alloc(BEGINNING.length);
  await file.read(head, 0, head.length, 0);
  const known = head.toString('utf8', 0, Math.min(size, head.length));
  if (!BEGINNING.startsWith(known) || size > MAX_RECEIPT_BYTES) {
    throw new AirgapError('INVALID_RECEIPT', `${path} exists and is no receipt`, { remedy: 'Name another file with --receipt.' });
  }
  const end = Buffer.alloc(1);
  await file.read(end, 0, 1, size - 1);
  if (end.toString() === '\n') return;
  const text = Buffer.alloc(size);
  await file.read(text, 0, size, 0);
  await file.truncate(text.lastIndexOf('\n') + 1);
}
