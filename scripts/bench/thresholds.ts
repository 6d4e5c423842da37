/** What is measured against what. A ratio above its threshold is missed, and said so; it is never moved to fit. */
export interface Threshold {
  readonly work: 'build' | 'load' | 'verify';
  readonly against: string;
  readonly max: number;
}

/** What every figure is a median of; one of fewer runs is marked. */
export const FULL_RUNS = 5;

/** Ratios of medians of one run, plain and over TLS alike. */
export const RATIO_THRESHOLDS: readonly Threshold[] = [
  { work: 'build', against: 'crane', max: 0.85 },
  { work: 'build', against: 'skopeo', max: 0.45 },
  { work: 'load', against: 'crane', max: 0.8 },
  { work: 'load', against: 'curl', max: 1.2 },
  { work: 'verify', against: 'openssl', max: 1.3 },
];

/** The bundle's size over the unique compressed bytes that it carries. */
export const MAX_SIZE_RATIO = 1.01;

/** VmHWM of each of our processes, with ordinary images and with one 2 GB layer. */
export const MAX_PEAK_BYTES = 200e6;
