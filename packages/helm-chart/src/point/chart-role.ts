import type { Chart } from '../chart/chart.ts';

/** What a chart is to ZenML Pro. */
export type ChartRole = 'control-plane' | 'workspace' | 'other';

/** By name: ZenML publishes its charts under these two. */
export function chartRole({ name }: Pick<Chart, 'name'>): ChartRole {
  if (name === 'zenml-pro') return 'control-plane';
  return name === 'zenml' ? 'workspace' : 'other';
}
