import { lstat, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import {
  BatchPool,
  type Descriptor,
  type Digest,
  type OpenContent,
  type OperationOptions,
  type Pusher,
  throwIfAborted,
} from 'oras-js';
import type { BundlePlan } from '../plan/bundle-plan.ts';
import { assertAbsent } from './assert-absent.ts';
import { assertFreeSpace } from './assert-free-space.ts';
import { diskError } from './disk-error.ts';
import { lockPartial } from './lock-partial.ts';
import { PartialFile } from './partial-file.ts';
import { placeContent } from './place-content.ts';
import { type PlannedBlob, plannedBlobs } from './planned-blob.ts';
import { type SealOptions, type SealResult, type SignManifest, sealFile } from './seal-file.ts';
import { type TakeStockOptions, takeStock } from './take-stock.ts';

export interface OpenWriterOptions extends TakeStockOptions {
  /** Discards what an earlier run left. */
  readonly restart?: boolean | undefined;
}

/**
 * A planned bundle being written, in `NAME.partial` beside its final name. What was begun with the same plan is
 * continued. Disposing it closes the file and leaves it, to be continued.
 */
export class BundleWriter implements Pusher, AsyncDisposable {
  readonly path: string;
  readonly plan: BundlePlan;
  readonly #file: PartialFile;
  readonly #lock: AsyncDisposable;
  readonly #blobs: ReadonlyMap<Digest, PlannedBlob>;
  readonly #buffers = new BatchPool();
  readonly #running = new Map<Digest, Promise<void>>();
  #closed = false;

  private constructor(
    path: string,
    plan: BundlePlan,
    parts: { file: PartialFile; lock: AsyncDisposable; blobs: Map<Digest, PlannedBlob> },
  ) {
    this.path = path;
    this.plan = plan;
    this.#file = parts.file;
    this.#lock = parts.lock;
    this.#blobs = parts.blobs;
  }

  /**
   * @param path the bundle's final name, which must not exist
   * @throws OUTPUT_EXISTS, PARTIAL_IN_USE, PARTIAL_OF_ANOTHER_PLAN, NOT_ENOUGH_SPACE; none of them changes anything
   */
  static async open(path: string, plan: BundlePlan, options: OpenWriterOptions = {}): Promise<BundleWriter> {
    throwIfAborted(options.signal);
    const partialPath = `${path}.partial`;
    await assertFolder(dirname(path));
    await using cleanup = new AsyncDisposableStack();
    const lock = cleanup.use(await lockPartial(partialPath, options));
    await assertAbsent(path);
    const onDiskBytes = await allocatedBytes(partialPath);
    await assertFreeSpace(dirname(path), plan.layout.totalSize - onDiskBytes);
    if (options.restart === true) await rm(partialPath, { force: true });
    try {
      const file = cleanup.use(await PartialFile.open(partialPath, plan));
      const blobs = plannedBlobs(plan);
      if (onDiskBytes > 0 && options.restart !== true) await takeStock(file, blobs.values(), options);
      const writer = new BundleWriter(path, plan, { file, lock, blobs });
      cleanup.move();
      return writer;
    } catch (error) {
      throw diskError(error, partialPath);
    }
  }

  /** Where the bundle lies until it is sealed. */
  get partialPath(): string {
    return this.#file.path;
  }

  /** Whether the blob is there, verified. */
  isComplete(digest: Digest): boolean {
    return this.#planned(digest).complete;
  }

  /** How much of the blob is there; less than all of it is not verified yet. */
  writtenBytes(digest: Digest): number {
    return this.#planned(digest).writtenBytes;
  }

  /**
   * Writes a planned blob; a chart's layer is its file as well. Several may run at once.
   * @param open verifies what it yields, as `Fetcher.fetch` does; called with `resume` where an earlier run came part of the way
   * @throws NOT_PLANNED, DISK_FULL, and whatever `open`'s content throws
   */
  async push(descriptor: Descriptor, open: OpenContent, options: OperationOptions = {}): Promise<void> {
    const blob = this.#planned(descriptor.digest);
    if (blob.size !== descriptor.size) {
      throw new AirgapError('NOT_PLANNED', `${blob.digest} is planned with ${blob.size} bytes, not with ${descriptor.size}`);
    }
    if (blob.complete) return;
    throwIfAborted(options.signal);
    this.#assertOpen();
    const running = this.#running.get(blob.digest) ?? this.#place(blob, open, options);
    await running;
  }

  async #place(blob: PlannedBlob, open: OpenContent, options: OperationOptions): Promise<void> {
    const placed = placeContent(this.#file, blob, open, { signal: options.signal, buffers: this.#buffers });
    this.#running.set(blob.digest, placed);
    try {
      await placed;
    } catch (error) {
      throw diskError(error, this.partialPath);
    } finally {
      this.#running.delete(blob.digest);
    }
  }

  /**
   * Signs, syncs and gives the bundle its name; nothing can be pushed afterwards.
   * @throws INCOMPLETE_BUNDLE, LAYOUT_MISMATCH, OUTPUT_EXISTS, DISK_FULL
   */
  async seal(sign: SignManifest, options: SealOptions = {}): Promise<SealResult> {
    this.#assertOpen();
    const problems = [...this.#blobs.values()]
      .filter(({ complete }) => !complete)
      .map(({ digest }) => `${digest} is not written`);
    if (problems.length > 0) {
      throw new AirgapError('INCOMPLETE_BUNDLE', `${this.partialPath} lacks content that it was planned with`, { problems });
    }
    try {
      const result = await sealFile(this.#file, { path: this.path, plan: this.plan, sign }, options);
      await this[Symbol.asyncDispose]();
      return result;
    } catch (error) {
      throw diskError(error, this.partialPath);
    }
  }

  /** Waits for writes in flight: nothing may write to a file that another run has taken over. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#running.values());
    await this.#file[Symbol.asyncDispose]();
    await this.#lock[Symbol.asyncDispose]();
  }

  #planned(digest: Digest): PlannedBlob {
    const blob = this.#blobs.get(digest);
    if (blob === undefined) throw new AirgapError('NOT_PLANNED', `the bundle's plan has no blob ${digest}`);
    return blob;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AirgapError('INTERNAL', `${this.path} is written already`);
  }
}

async function assertFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory() === true) return;
  throw new AirgapError('FILE_NOT_FOUND', `the output's folder ${folder} does not exist`, {
    remedy: 'Make the folder, or name another output.',
  });
}

async function allocatedBytes(path: string): Promise<number> {
  const stats = await lstat(path).catch(() => undefined);
  return stats === undefined ? 0 : stats.blocks * 512; // st_blocks counts 512 bytes each, whatever the file system's blocks
}
