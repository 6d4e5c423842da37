import { Worker } from 'node:worker_threads';
import { HASH_WORKER, type HashRange, type HashReport } from './hash-worker.ts';

/** One thread, one range at a time; ended by `signal` even within a range. */
export class HashThread implements AsyncDisposable {
  readonly #worker = new Worker(HASH_WORKER, { eval: true, execArgv: [] });
  readonly #signal: AbortSignal;
  #fail: (error: unknown) => void = () => {};

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort);
    this.#worker.on('error', (error) => this.#fail(error));
  }

  readonly #abort = (): void => this.#fail(this.#signal.reason);

  /** @returns the digest in hexadecimal; null where the file ends inside the range */
  hash(range: HashRange, onBytes?: (bytes: number) => void): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#worker.off('message', report);
        this.#fail = () => {};
      };
      const report = ({ bytes, hex, failure }: HashReport): void => {
        if (bytes > 0) onBytes?.(bytes);
        if (failure !== undefined) this.#fail(Object.assign(new Error(failure.message), failure));
        else if (hex !== undefined) {
          end();
          resolve(hex);
        }
      };
      this.#fail = (error) => {
        end();
        reject(error instanceof Error ? error : new Error('aborted', { cause: error }));
      };
      if (this.#signal.aborted) this.#abort();
      else this.#worker.on('message', report).postMessage(range);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort);
    await this.#worker.terminate();
  }
}
