import type { Chart } from '../chart/chart.ts';
import { hasValueAt } from '../chart/value-at.ts';

const ROOTS = ['zenml', 'server'] as const;

/**
 * Whether a ZenML chart knows a key below its root: values.yaml has it, if only as null, or a template reads it.
 * Keys come and go between releases, and Helm ignores what it does not know without a word.
 */
export function chartAccepts(chart: Chart, path: readonly string[]): boolean {
  if (ROOTS.some((root) => hasValueAt(chart.values, [root, ...path]))) return true;
  const read = `.${path.slice(-2).join('.')}`;
  return path.length > 1 && [...chart.templates.values()].some((text) => text.includes(read));
}
