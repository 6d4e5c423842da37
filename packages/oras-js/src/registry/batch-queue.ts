import { throwIfAborted } from '../abort.ts';
import { BATCH_BYTES } from '../content/limits.ts';
import type { Content } from '../target/target.ts';

/** Enough to keep the connection busy while a batch is written; four blobs at once stay below 40 MB. */
const MAX_QUEUED_BYTES = 4 * BATCH_BYTES;

/** What stops and starts the side that fills the queue. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** Batches between a connection that comes by itself and a consumer that asks. */
export class BatchQueue {
  readonly #flow: Flow;
  readonly #batches: Uint8Array[][] = [];
  #queuedBytes = 0;
  #isPaused = false;
  #ended = false;
  #failure: unknown;
  #wake = (): void => {};

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The flow is paused while more than 4 MiB wait. */
  push(batch: Uint8Array[]): void {
    for (const chunk of batch) this.#queuedBytes += chunk.byteLength;
    this.#batches.push(batch);
    if (this.#queuedBytes >= MAX_QUEUED_BYTES && !this.#isPaused) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    this.#wake();
  }

  /** No more batches come; those that wait are still handed out before `failure` is thrown. */
  end(failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  async *drain(signal: AbortSignal | undefined): Content {
    for (;;) {
      throwIfAborted(signal);
      const batch = this.#batches.shift();
      if (batch) {
        for (const chunk of batch) this.#queuedBytes -= chunk.byteLength;
        if (this.#isPaused && this.#queuedBytes < MAX_QUEUED_BYTES / 2) {
          this.#isPaused = false;
          this.#flow.resume();
        }
        yield batch;
      } else if (this.#ended) {
        if (this.#failure !== undefined) throw this.#failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
