import type { Lock } from '@zenml-airgap/bundle-spec';

export interface UnrenderedCharts {
  /** `name:tag` of charts that were resolved where there was no Helm. */
  readonly withoutHelm: readonly string[];
  /** Charts that Helm could not render. */
  readonly failed: readonly { readonly chart: string; readonly reason: string }[];
}

/** The charts of a lock in which images were looked for by reading alone. */
export function unrenderedCharts({ charts }: Pick<Lock, 'charts'>): UnrenderedCharts {
  const read = charts.filter(({ method }) => method === 'read');
  return {
    withoutHelm: read.filter(({ reason }) => reason === undefined).map(({ chart }) => chart),
    failed: read.flatMap(({ chart, reason }) => (reason === undefined ? [] : [{ chart, reason }])),
  };
}
