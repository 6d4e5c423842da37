import { FULL_RUNS, MAX_PEAK_BYTES, MAX_SIZE_RATIO, RATIO_THRESHOLDS } from './thresholds.ts';
import type { Figure, Protocol } from './way.ts';

export type Work =
  | 'build'
  | 'load'
  | 'verify'
  | 'build of one huge layer'
  | 'load of one huge layer'
  | 'verify of one huge layer';

/** All timed runs of one way at one work. */
export interface Series {
  readonly work: Work;
  readonly protocol: Protocol;
  readonly way: string;
  readonly figures: readonly Omit<Figure, 'stdout'>[];
}

export interface Median {
  readonly work: Work;
  readonly protocol: Protocol;
  readonly way: string;
  readonly runs: number;
  /** Without the closing fsync. */
  readonly ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly syncMs: number | null;
  readonly peakBytes: number;
  readonly bytes: number | null;
}

export interface Verdict {
  readonly what: string;
  readonly value: number;
  readonly max: number;
  readonly unit: 'ratio' | 'bytes';
  readonly met: boolean;
}

export function medianOf({ work, protocol, way, figures }: Series): Median {
  const times = figures.map(({ ms, syncMs = 0 }) => ms - syncMs);
  const syncs = figures.flatMap(({ syncMs }) => (syncMs === undefined ? [] : [syncMs]));
  return {
    work,
    protocol,
    way,
    runs: figures.length,
    ms: median(times),
    minMs: Math.min(...times),
    maxMs: Math.max(...times),
    syncMs: syncs.length === 0 ? null : median(syncs),
    peakBytes: Math.max(...figures.map(({ peakBytes }) => peakBytes)),
    bytes: figures[0]?.bytes ?? null,
  };
}

/** Each threshold against the medians of the same run. */
export function verdicts(medians: readonly Median[], uniqueBytes: number): Verdict[] {
  const found: Verdict[] = [];
  for (const protocol of ['plain', 'tls'] as const) {
    const of = (work: Work, way: string): Median | undefined =>
      medians.find((each) => each.work === work && each.way === way && each.protocol === protocol);
    for (const { work, against, max } of RATIO_THRESHOLDS) {
      const [ours, theirs] = [of(work, 'ours'), of(work, against)];
      if (ours === undefined || theirs === undefined) continue;
      const value = ours.ms / theirs.ms;
      const mark = Math.min(ours.runs, theirs.runs) < FULL_RUNS ? ' *' : '';
      found.push({ what: `${work}, ${protocol}: ours / ${against}${mark}`, value, max, unit: 'ratio', met: value <= max });
    }
  }
  const built = medians.find(({ work, way }) => work === 'build' && way === 'ours')?.bytes;
  if (typeof built === 'number') {
    const value = built / uniqueBytes;
    found.push({
      what: 'size of the bundle / unique compressed bytes',
      value,
      max: MAX_SIZE_RATIO,
      unit: 'ratio',
      met: value <= MAX_SIZE_RATIO,
    });
  }
  for (const { work, protocol, way, peakBytes } of medians) {
    if (way !== 'ours') continue;
    found.push({
      what: `${work}, ${protocol}: peak memory`,
      value: peakBytes,
      max: MAX_PEAK_BYTES,
      unit: 'bytes',
      met: peakBytes < MAX_PEAK_BYTES,
    });
  }
  return found;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
