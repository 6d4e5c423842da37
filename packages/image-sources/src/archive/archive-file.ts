import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Content, escapeControl, MAX_MANIFEST_BYTES, type OperationOptions, readFileRange, throwIfAborted } from 'oras-js';
import { ImageSourceError, invalidArchive } from '../image-source-error.ts';
import { indexTar, type TarEntry } from './index-tar.ts';
import { gunzipContent, spool } from './spool.ts';

/** Docker links a layer to an equal one before it, never to a link's link's link. */
const MAX_LINKS = 8;

export type ArchivedFile = Extract<TarEntry, { kind: 'file' }>;

export interface OpenArchiveOptions extends OperationOptions {
  /** A folder on a disk that has room: an archive under gzip is unpacked into it, for as long as it is open. */
  readonly spoolFolder: string;
}

/** A tar that is read in place: its headers once, its files by their offsets. */
export class ArchiveFile implements AsyncDisposable {
  /** Names it in messages. */
  readonly where: string;
  readonly #file: FileHandle;
  readonly #entries: ReadonlyMap<string, TarEntry>;

  private constructor(where: string, file: FileHandle, entries: ReadonlyMap<string, TarEntry>) {
    this.where = where;
    this.#file = file;
    this.#entries = entries;
  }

  /** @throws NOT_FOUND, INVALID_ARCHIVE, NOT_ENOUGH_SPACE, ABORTED */
  static async open(path: string, { spoolFolder, signal }: OpenArchiveOptions): Promise<ArchiveFile> {
    throwIfAborted(signal);
    // Without O_NONBLOCK a pipe in the file's place would be waited for.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
      throw new ImageSourceError('NOT_FOUND', `${path} cannot be opened`, {
        remedy: 'Check the path; a relative one starts from the folder of the request.',
        side: 'source',
        cause,
      });
    });
    return ArchiveFile.#closing(file, async () => {
      const stats = await file.stat();
      if (!stats.isFile()) throw invalidArchive(path, 'it is no file');
      const magic = Buffer.alloc(2);
      await file.read(magic, 0, 2, 0);
      if (magic.readUInt16BE() !== 0x1f8b) return ArchiveFile.of(file, path, { signal });
      const content = readFileRange(file, { start: 0, end: stats.size }, { signal });
      const unpacked = await spool(gunzipContent(content, path), spoolFolder, { signal });
      await file.close();
      return ArchiveFile.#closing(unpacked, () => ArchiveFile.of(unpacked, path, { signal }));
    });
  }

  /** @param file belongs to the ArchiveFile from then on */
  static async of(file: FileHandle, where: string, options: OperationOptions = {}): Promise<ArchiveFile> {
    return new ArchiveFile(where, file, await indexTar(file, where, options));
  }

  static async #closing(file: FileHandle, use: () => Promise<ArchiveFile>): Promise<ArchiveFile> {
    try {
      return await use();
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Links are followed within the archive.
   * @throws INVALID_ARCHIVE where links lead in a circle
   */
  find(path: string): ArchivedFile | undefined {
    let entry = this.#entries.get(path);
    for (let links = 0; entry?.kind === 'link'; links += 1) {
      if (links === MAX_LINKS) throw invalidArchive(this.where, `the links from ${escapeControl(path)} do not end at a file`);
      entry = this.#entries.get(entry.target);
    }
    return entry;
  }

  /** The bytes of `file`, from `offset` on, in batches; nobody has verified them. */
  read(file: ArchivedFile, { offset = 0, signal }: OperationOptions & { readonly offset?: number } = {}): Content {
    return readFileRange(this.#file, { start: file.start + offset, end: file.start + file.size }, { signal });
  }

  /**
   * A file of metadata, whole.
   * @returns `undefined` where it is absent
   * @throws TOO_LARGE
   */
  async readSmall(path: string, options: OperationOptions = {}): Promise<Buffer | undefined> {
    const file = this.find(path);
    if (file === undefined) return undefined;
    if (file.size > MAX_MANIFEST_BYTES) {
      throw new ImageSourceError(
        'TOO_LARGE',
        `${this.where}: ${escapeControl(path)} has ${file.size} bytes, ${MAX_MANIFEST_BYTES} are allowed`,
      );
    }
    const chunks: Uint8Array[] = [];
    for await (const batch of this.read(file, options)) chunks.push(...batch);
    return Buffer.concat(chunks);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
