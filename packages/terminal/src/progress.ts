import { SingleBar } from 'cli-progress';
import { ProgressCount, type ProgressOptions } from './progress-count.ts';

/** What is seen of a long step. Nothing is shown for each chunk: callers add whole batches. */
export interface Progress {
  /** Negative where a broken transfer begins again. */
  add(bytes: number): void;
  /** What is being waited for; bytes that come in later take it back. */
  say(text: string): void;
  /** Ends the display; safe to call twice. */
  done(): void;
}

const BAR_WIDTH = 24;
/** Plain lines go to log files: seldom enough not to fill them, often enough to see that it lives. */
const PLAIN_INTERVAL_MS = 10_000;
const JSON_INTERVAL_MS = 1_000;

/** Counts bytes and shows them by `show`, at most every `intervalMs`, and once at the end. */
function timedProgress(count: ProgressCount, intervalMs: number, show: () => void): Progress {
  let ended = false;
  const timer = setInterval(show, intervalMs);
  timer.unref();
  return {
    add: (bytes) => count.add(bytes),
    say(text) {
      if (count.say(text)) show();
    },
    done() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      show();
    },
  };
}

export function plainProgress(options: ProgressOptions, write: (line: string) => void): Progress {
  const count = new ProgressCount(options);
  return timedProgress(count, PLAIN_INTERVAL_MS, () => write(`${count.label}: ${count.describe()}`));
}

export function jsonProgress(options: ProgressOptions, write: (record: object) => void): Progress {
  const count = new ProgressCount(options);
  const initial = options.initialBytes === undefined ? {} : { initialBytes: options.initialBytes };
  return timedProgress(count, JSON_INTERVAL_MS, () => {
    const { label, bytes, totalBytes, note } = count;
    write({ event: 'progress', label, bytes, totalBytes, ...initial, ...(note === '' ? {} : { note }) });
  });
}

export function barProgress(options: ProgressOptions, stream: NodeJS.WriteStream): Progress {
  const count = new ProgressCount(options);
  let ended = false;
  const bar = new SingleBar({
    stream,
    barsize: BAR_WIDTH,
    hideCursor: true,
    clearOnComplete: false,
    fps: 8,
    format: (barOptions, params) => {
      const width = barOptions.barsize ?? BAR_WIDTH;
      const done = Math.round(params.progress * width);
      return `${options.label} ${'█'.repeat(done)}${'░'.repeat(width - done)} ${count.describe()}`;
    },
  });
  bar.start(Math.max(options.totalBytes, 1), count.bytes);
  return {
    add(bytes) {
      count.add(bytes);
      bar.update(count.bytes);
    },
    say(text) {
      if (count.say(text)) bar.update(count.bytes);
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
