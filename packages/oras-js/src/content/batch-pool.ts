import { BATCH_BYTES } from './limits.ts';

/**
 * Memory of batches that is used again. Fresh memory for every mebibyte of a layer keeps the garbage collector and the kernel
 * busy: a third of a download's CPU, and twice the resident memory (measured on Node 24).
 * Whoever consumes content passes a pool as `FetchOptions.buffers` and gives each chunk back once nothing reads it any more.
 */
export class BatchPool {
  readonly #free: ArrayBuffer[] = [];
  /** Weak: what is never given back, as after a connection broke, is the garbage collector's. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** 1 MiB of undefined content. */
  take(): Buffer<ArrayBuffer> {
    const memory = this.#free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES).buffer;
    this.#lent.add(memory);
    return Buffer.from(memory);
  }

  /** Takes back the memory that `chunk` lies in; what was not taken from this pool, or given back already, is left alone. */
  give(chunk: Uint8Array): void {
    const memory = chunk.buffer;
    if (memory instanceof ArrayBuffer && this.#lent.delete(memory)) this.#free.push(memory);
  }
}

/** Memory for one batch: of `pool`, or its own. */
export function batchMemory(pool: BatchPool | undefined): Buffer<ArrayBuffer> {
  return pool?.take() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
}
