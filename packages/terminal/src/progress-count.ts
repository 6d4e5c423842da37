import { escapeControl } from 'oras-js';
import { formatBytes } from './format-bytes.ts';
import { formatDuration } from './format-duration.ts';

export interface ProgressOptions {
  /** What is being done, as a verb of the product: `fetch`, `push`, `verify`. */
  readonly label: string;
  readonly totalBytes: number;
  /** Of these, what an earlier run has done: shown, but no part of the rate. Default: 0. */
  readonly initialBytes?: number | undefined;
}

/** With several transfers at a time the next bytes come at once: what one of them waits for has to be readable. */
const NOTE_MS = 3_000;

/** How far a step is, how fast it goes, and what it waits for. */
export class ProgressCount {
  readonly label: string;
  readonly #nowMs: () => number;
  readonly #totalBytes: number;
  readonly #initialBytes: number;
  readonly #startedAtMs: number;
  #bytes: number;
  #note = '';
  #noteEndsAtMs = 0;

  /** @param nowMs a clock that never goes back */
  constructor({ label, totalBytes, initialBytes = 0 }: ProgressOptions, nowMs: () => number = () => performance.now()) {
    this.label = label;
    this.#nowMs = nowMs;
    this.#totalBytes = totalBytes;
    this.#initialBytes = initialBytes;
    this.#startedAtMs = nowMs();
    this.#bytes = initialBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What was refused a mount is uploaded although nobody expected it. */
  get totalBytes(): number {
    return Math.max(this.#totalBytes, this.#bytes);
  }

  get note(): string {
    return this.#note;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    if (bytes > 0 && this.#note !== '' && this.#nowMs() >= this.#noteEndsAtMs) this.#note = '';
  }

  /** @returns whether that is news */
  say(note: string): boolean {
    const isNews = note !== '' && note !== this.#note;
    this.#note = note;
    this.#noteEndsAtMs = this.#nowMs() + NOTE_MS;
    return isNews;
  }

  /** `620.0 MiB of 1.2 GiB, 210.4 MiB/s, 3.1 s left, registry.example: connection reset; trying again` */
  describe(): string {
    const elapsedMs = this.#nowMs() - this.#startedAtMs;
    // What is taken back after a broken transfer may be more than this run has done.
    const done = Math.max(this.#bytes - this.#initialBytes, 0);
    const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
    const parts = [`${formatBytes(this.#bytes)} of ${formatBytes(this.totalBytes)}`, `${formatBytes(Math.round(rate))}/s`];
    if (this.#bytes < this.totalBytes && rate > 0) {
      parts.push(`${formatDuration(((this.totalBytes - this.#bytes) / rate) * 1000)} left`);
    }
    if (this.#note !== '') parts.push(escapeControl(this.#note));
    return parts.join(', ');
  }
}
