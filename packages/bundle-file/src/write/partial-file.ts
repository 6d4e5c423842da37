import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import {
  AirgapError,
  BLOCK_BYTES,
  BundlePath,
  encodeTarHeader,
  type LayoutEntry,
  mtimeSecondsOf,
  SIGNATURE_BYTES,
} from '@zenml-airgap/bundle-spec';
import type { BundlePlan } from '../plan/bundle-plan.ts';
import { UNSEALED } from '../signature/signature-entry.ts';
import { encodeProgressRecord } from './progress-record.ts';
import { writeFully } from './write-fully.ts';

const NO_BYTES = new Uint8Array(0);
// A link planted at the partial's name must not lead the writer elsewhere; a pipe must not hold it.
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** `NAME.tar.partial`, open: knows where the plan puts things, and nothing of what is complete. */
export class PartialFile implements AsyncDisposable {
  readonly path: string;
  readonly handle: FileHandle;
  readonly #plan: BundlePlan;
  readonly #mtimeSeconds: number;
  /** In the signature's place until there is one: tells this writer from another that opened the file after it. */
  readonly #mark = Buffer.concat([UNSEALED, randomBytes(16)], SIGNATURE_BYTES);

  private constructor(path: string, handle: FileHandle, plan: BundlePlan) {
    this.path = path;
    this.handle = handle;
    this.#plan = plan;
    this.#mtimeSeconds = mtimeSecondsOf(plan.manifest.created);
  }

  /**
   * Opens or creates the file and writes what is known before any blob: manifest, files, no signature.
   * @throws PARTIAL_OF_ANOTHER_PLAN before anything is changed
   */
  static async open(path: string, plan: BundlePlan): Promise<PartialFile> {
    const file = new PartialFile(path, await open(path, OPEN_FLAGS, 0o644), plan);
    try {
      await file.#assertOfThisPlan();
      await file.handle.truncate(plan.layout.totalSize);
      await file.#writeHead();
    } catch (error) {
      await file.handle.close();
      throw error;
    }
    return file;
  }

  /** The first entry: whatever follows is a function of it. */
  #manifestEntry(): Buffer {
    const { manifestBytes } = this.#plan;
    return Buffer.concat([
      encodeTarHeader({ path: BundlePath.manifest, size: manifestBytes.length }, this.#mtimeSeconds),
      manifestBytes,
      paddingOf(manifestBytes.length),
    ]);
  }

  async #assertOfThisPlan(): Promise<void> {
    const expected = this.#manifestEntry();
    const stats = await this.handle.stat();
    if (!stats.isFile()) throw new AirgapError('FILE_ERROR', `${this.path} is not a regular file`);
    const found = Buffer.alloc(expected.length);
    await this.handle.read(found, 0, found.length, 0);
    // Killed, or the power lost, while this very entry was written: as far as it goes it is ours, and zero behind.
    let length = found.length;
    while (length > 0 && found[length - 1] === 0) length -= 1;
    if (found.subarray(0, length).equals(expected.subarray(0, length))) return;
    throw new AirgapError(
      'PARTIAL_OF_ANOTHER_PLAN',
      `${this.path} was begun for another bundle than the one that is planned now`,
      {
        remedy: 'Discard it with --restart, or name another output; the lock that it was begun with continues it.',
      },
    );
  }

  async #writeHead(): Promise<void> {
    const head = [this.#manifestEntry(), this.header(this.entry(BundlePath.signature)), this.#mark];
    await writeFully(this.handle, head, 0);
    for (const [path, bytes] of this.#plan.files) {
      const entry = this.entry(path);
      await writeFully(this.handle, [this.header(entry), bytes, paddingOf(bytes.length)], entry.headerOffset);
    }
  }

  /** Says that the bundle is not sealed, and who writes it. */
  async mark(): Promise<void> {
    await writeFully(this.handle, [this.#mark], this.entry(BundlePath.signature).dataOffset);
  }

  /**
   * That nobody opened the file after us, or sealed it. The lock does not reach into another container that shares the
   * volume: there the older writer gives way, before it could write over what the other has finished.
   * @throws PARTIAL_IN_USE
   */
  async assertOurs(): Promise<void> {
    const found = Buffer.alloc(SIGNATURE_BYTES);
    await this.handle.read(found, 0, SIGNATURE_BYTES, this.entry(BundlePath.signature).dataOffset);
    if (!found.equals(this.#mark)) throw new AirgapError('PARTIAL_IN_USE', `another build has taken over ${this.path}`);
  }

  entry(path: string): LayoutEntry {
    const entry = this.#plan.layout.byPath.get(path);
    if (entry === undefined) throw new AirgapError('INTERNAL', `the layout has no ${path}`);
    return entry;
  }

  header(entry: LayoutEntry): Uint8Array {
    return encodeTarHeader(entry, this.#mtimeSeconds);
  }

  /** Says that the entry's content is complete. */
  async writeHeader(entry: LayoutEntry): Promise<void> {
    await this.assertOurs();
    await writeFully(this.handle, [this.header(entry)], entry.headerOffset);
  }

  /** Says how far the entry's content came. */
  async writeProgress(entry: LayoutEntry, writtenBytes: number): Promise<void> {
    await this.assertOurs();
    await writeFully(this.handle, [encodeProgressRecord(writtenBytes)], entry.headerOffset);
  }

  async readSlot(entry: LayoutEntry): Promise<Buffer> {
    const slot = Buffer.alloc(BLOCK_BYTES);
    await this.handle.read(slot, 0, BLOCK_BYTES, entry.headerOffset);
    return slot;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }
}

/** What follows `size` bytes of content up to the next block. */
export function paddingOf(size: number): Uint8Array {
  const length = (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
  return length === 0 ? NO_BYTES : new Uint8Array(length);
}
