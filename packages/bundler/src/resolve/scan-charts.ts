import { type CompleteRequest, type Lock, relativeReference } from '@zenml-airgap/bundle-spec';
import { examineChart, MAX_CHART_BYTES } from '@zenml-airgap/helm-chart';
import { fetchBytes } from 'oras-js';
import { chartLayer } from './chart-layer.ts';
import { gather } from './gather.ts';
import { repositoryOf } from './read-locked.ts';
import type { ResolvedArtifact } from './resolve-artifact.ts';
import type { ResolveOptions } from './resolve-versions.ts';
import type { OpenSource } from './source.ts';

export interface ScanOptions extends ResolveOptions {
  readonly open: OpenSource;
  readonly helm: string | undefined;
}

/**
 * Which images the charts would run under the values that the loader writes, which of them the bundle lacks, and how that was found.
 * @throws INVALID_CHART, HELM_FAILED, and what reading throws, for all charts together
 */
export async function scanCharts(
  resolved: readonly ResolvedArtifact[],
  request: CompleteRequest,
  { open, helm, ...options }: ScanOptions,
): Promise<Pick<Lock, 'charts' | 'chartImages'>> {
  const carried = resolved.map(({ artifact }) => artifact);
  const found = await gather(
    resolved.filter(({ artifact }) => artifact.kind === 'chart'),
    async (chart) => {
      const source = open(repositoryOf(chart.artifact));
      const tgz = await fetchBytes(source, chartLayer(chart), { signal: options.signal, maxBytes: MAX_CHART_BYTES });
      return await examineChart(tgz, carried, {
        helm,
        scenario: request.scenario,
        chartReference: relativeReference(chart.artifact),
        allowMissing: request.allowMissing.map(({ image }) => image),
        signal: options.signal,
      });
    },
    { ...options, subject: ({ artifact }) => artifact.source, failed: 'charts could not be read' },
  );
  return { charts: found.map(({ chart }) => chart), chartImages: found.flatMap(({ images }) => images) };
}
