import { SingleBar } from 'cli-progress';
import { escapeControl } from 'oras-js';
import { formatBytes } from './format-bytes.ts';
import { formatDuration } from './format-duration.ts';

export interface ProgressOptions {
  /** What is being done, as a verb of the product: `fetch`, `push`, `verify`. */
  readonly label: string;
  readonly totalBytes: number;
}

/** What is seen of a long step. Nothing is shown for each chunk: callers add whole batches. */
export interface Progress {
  add(bytes: number): void;
  /** What is being waited for, until the next `say`; an empty text takes it back. */
  say(text: string): void;
  /** Ends the display; safe to call twice. */
  done(): void;
}

export interface ProgressState extends ProgressOptions {
  readonly bytes: number;
  readonly note: string;
  readonly elapsedMs: number;
}

const BAR_WIDTH = 24;
/** Plain lines go to log files: seldom enough not to fill them, often enough to see that it lives. */
const PLAIN_INTERVAL_MS = 10_000;
const JSON_INTERVAL_MS = 1_000;

/** `620.0 MiB of 1.2 GiB, 210.4 MiB/s, 3.1 s left` */
export function describeProgress(state: ProgressState): string {
  const rate = state.elapsedMs > 0 ? (state.bytes / state.elapsedMs) * 1000 : 0;
  const parts = [`${formatBytes(state.bytes)} of ${formatBytes(state.totalBytes)}`, `${formatBytes(Math.round(rate))}/s`];
  if (state.bytes < state.totalBytes && rate > 0) {
    parts.push(`${formatDuration(((state.totalBytes - state.bytes) / rate) * 1000)} left`);
  }
  if (state.note !== '') parts.push(escapeControl(state.note));
  return parts.join(', ');
}

/** Counts bytes and shows them by `show`, at most every `intervalMs`, and once at the end. */
function timedProgress(options: ProgressOptions, intervalMs: number, show: (state: ProgressState) => void): Progress {
  const startedAt = performance.now();
  let bytes = 0;
  let note = '';
  let ended = false;
  const state = (): ProgressState => ({ ...options, bytes, note, elapsedMs: performance.now() - startedAt });
  const timer = setInterval(() => show(state()), intervalMs);
  timer.unref();
  return {
    add(count) {
      bytes += count;
    },
    say(text) {
      if (text !== '' && text !== note) {
        note = text;
        show(state());
      }
      note = text;
    },
    done() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      show(state());
    },
  };
}

export function plainProgress(options: ProgressOptions, write: (line: string) => void): Progress {
  return timedProgress(options, PLAIN_INTERVAL_MS, (state) => write(`${state.label}: ${describeProgress(state)}`));
}

export function jsonProgress(options: ProgressOptions, write: (record: object) => void): Progress {
  return timedProgress(options, JSON_INTERVAL_MS, ({ label, bytes, totalBytes, note }) =>
    write({ event: 'progress', label, bytes, totalBytes, ...(note === '' ? {} : { note }) }),
  );
}

export function barProgress(options: ProgressOptions, stream: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let bytes = 0;
  let note = '';
  let ended = false;
  const bar = new SingleBar({
    stream,
    barsize: BAR_WIDTH,
    hideCursor: true,
    clearOnComplete: false,
    fps: 8,
    format: (barOptions, params) => {
      const done = Math.round(params.progress * (barOptions.barsize ?? BAR_WIDTH));
      const drawn = `${'█'.repeat(done)}${'░'.repeat((barOptions.barsize ?? BAR_WIDTH) - done)}`;
      const elapsedMs = performance.now() - startedAt;
      return `${options.label} ${drawn} ${describeProgress({ ...options, bytes, note, elapsedMs })}`;
    },
  });
  bar.start(Math.max(options.totalBytes, 1), 0);
  return {
    add(count) {
      bytes += count;
      bar.update(bytes);
    },
    say(text) {
      note = text;
      bar.update(bytes);
    },
    done() {
      if (ended) return;
      ended = true;
      if (options.totalBytes === 0) bar.update(1);
      bar.stop();
    },
  };
}

export const SILENT_PROGRESS: Progress = { add() {}, say() {}, done() {} };
