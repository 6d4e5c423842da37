import { MediaType, OrasError } from 'oras-js';
import { chartLayer } from './chart-layer.ts';
import type { ResolvedArtifact } from './resolve-artifact.ts';

const CHART_TYPES: readonly string[] = [MediaType.helmConfig, MediaType.helmChart];

/**
 * That a chart is one, and an image is none: a chart among the images would be carried, and no runtime could pull it.
 * @throws INVALID_MANIFEST without a name: the caller has it
 */
export function assertKind(resolved: ResolvedArtifact): void {
  const { artifact, graph } = resolved;
  if (artifact.kind === 'chart') {
    chartLayer(resolved);
    return;
  }
  const ofChart = (graph.children.get(artifact.root.digest) ?? []).find(({ mediaType }) => CHART_TYPES.includes(mediaType));
  if (ofChart === undefined) return;
  throw new OrasError('INVALID_MANIFEST', `this is no container image but a Helm chart: it has ${ofChart.mediaType}`, {
    remedy: 'Charts belong under charts, as oci://HOST/PATH:VERSION, container images under images.',
  });
}
