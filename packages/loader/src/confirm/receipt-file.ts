import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AirgapError, formatReceiptEntry, type ReceiptEntry } from '@zenml-airgap/bundle-spec';

/** The receipt of one load: JSON lines, each on the disk before the next tag moves. */
export class ReceiptFile implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Opens `path` for appending, folders included: a second load may go on in the receipt of the first. */
  static async open(path: string): Promise<ReceiptFile> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return new ReceiptFile(path, await open(path, 'a', 0o600));
    } catch (error) {
      throw new AirgapError('FILE_ERROR', `the receipt ${path} cannot be written`, {
        cause: error,
        remedy: 'Name another place with --receipt; nothing was pushed.',
      });
    }
  }

  /** Resolves once the entries are synced; calls at the same time take turns. */
  append(...entries: readonly ReceiptEntry[]): Promise<void> {
    const text = entries.map((entry) => `${formatReceiptEntry(entry).trimEnd()}\n`).join('');
    if (text === '') return this.#last;
    const written = this.#last.then(async () => {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    });
    // A failure is its caller's; the next entry is still tried.
    this.#last = written.catch(() => {});
    return written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}
