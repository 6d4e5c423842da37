import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AirgapError, formatReceiptEntry, type ReceiptEntry } from '@zenml-airgap/bundle-spec';

const BEGINNING = '{"event":"start",';
const MAX_RECEIPT_BYTES = 256 * 1024 * 1024;

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
   * Opens `path` for appending, folders included: a second load may go on in the receipt of the first.
   * @throws INVALID_RECEIPT where the file is something else; FILE_ERROR
   */
  static async open(path: string): Promise<ReceiptFile> {
    await using closing = new AsyncDisposableStack();
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = closing.use(await open(path, 'a+', 0o600));
      await dropTornLine(file, path);
      closing.move();
      return new ReceiptFile(path, file);
    } catch (error) {
      if (error instanceof AirgapError) throw error;
      throw new AirgapError('FILE_ERROR', `the receipt ${path} cannot be written`, {
        cause: error,
        remedy: 'Name another place with --receipt; nothing was pushed.',
      });
    }
  }

  /** Resolves once the entries are synced; calls at the same time take turns. */
  append(...entries: readonly ReceiptEntry[]): Promise<void> {
    const text = entries.map(formatReceiptEntry).join('');
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

/** A kill may have cut off the last line; what follows it must not grow onto it. A file that is no receipt is left alone. */
async function dropTornLine(file: FileHandle, path: string): Promise<void> {
  const { size } = await file.stat();
  if (size === 0) return;
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
