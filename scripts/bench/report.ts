import type { Median, Verdict } from './summary.ts';
import { FULL_RUNS } from './thresholds.ts';

/** The tables that people read. */
export function report(medians: readonly Median[], judged: readonly Verdict[], uniqueBytes: number): string {
  const times = medians.map((each) => {
    const ours = medians.find((one) => one.way === 'ours' && one.work === each.work && one.protocol === each.protocol);
    return [
      each.work,
      each.protocol,
      each.way,
      seconds(each.ms),
      `${seconds(each.minMs)}–${seconds(each.maxMs)}`,
      each.way === 'ours' || ours === undefined ? '' : (ours.ms / each.ms).toFixed(2),
      each.syncMs === null ? '' : seconds(each.syncMs),
      megabytes(each.peakBytes),
      each.bytes === null ? '' : megabytes(each.bytes),
      each.runs < FULL_RUNS ? `${each.runs} *` : String(each.runs),
    ];
  });
  const few = medians.some(({ runs }) => runs < FULL_RUNS) ? [`* not a median of ${FULL_RUNS} runs`] : [];
  const judgements = judged.map(({ what, value, max, unit, met }) => [
    what,
    unit === 'ratio' ? value.toFixed(3) : megabytes(value),
    `≤ ${unit === 'ratio' ? max : megabytes(max)}`,
    met ? 'met' : 'MISSED',
  ]);
  return [
    `unique compressed bytes of the images: ${megabytes(uniqueBytes)}`,
    '',
    table(['work', 'over', 'way', 'median s', 'range', 'ours/way', 'fsync s', 'peak', 'size', 'n'], times),
    ...few,
    '',
    table(['threshold', 'measured', 'allowed', ''], judgements),
  ].join('\n');
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
