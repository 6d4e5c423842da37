import { type Descriptor, MediaType, OrasError } from 'oras-js';
import type { ResolvedArtifact } from './resolve-artifact.ts';

/**
 * The one layer of a chart artifact that is its archive. Source: Helm's HIP-0006.
 * @throws INVALID_MANIFEST without a name: the caller has it
 */
export function chartLayer({ artifact, graph }: ResolvedArtifact): Descriptor {
  const layers = (graph.children.get(artifact.root.digest) ?? []).filter(({ mediaType }) => mediaType === MediaType.helmChart);
  const [layer] = layers;
  if (layer !== undefined && layers.length === 1) return layer;
  throw new OrasError(
    'INVALID_MANIFEST',
    `this is no Helm chart: it has ${layers.length} layers of type ${MediaType.helmChart}`,
    {
      remedy: 'Container images belong under images, charts under charts, as oci://HOST/PATH:VERSION.',
    },
  );
}
