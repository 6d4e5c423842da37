import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import { parseReference } from 'oras-js';
import { isReleaseChart } from './release-sources.ts';
import type { WantedArtifact } from './wanted-artifact.ts';

const OCI_SCHEME = 'oci://';
/** What Docker takes where a reference names no tag. */
const DEFAULT_TAG = 'latest';

/** Images and charts that a request names besides ZenML's own. */
export function extraArtifacts({ images, charts }: Pick<CompleteRequest, 'images' | 'charts'>): WantedArtifact[] {
  return [
    ...images.map(({ image, name }) => extra('image', image, name)),
    ...charts
      .filter((chart) => !isReleaseChart(chart))
      // Helm writes the + of a version as _ in tags.
      .map((chart) => extra('chart', chart.slice(OCI_SCHEME.length).replaceAll('+', '_'))),
  ];
}

function extra(kind: WantedArtifact['kind'], text: string, name?: string): WantedArtifact {
  const { registry, repository, tag = DEFAULT_TAG, digest } = parseReference(text);
  const lastSegment = repository.slice(repository.lastIndexOf('/') + 1);
  return {
    kind,
    repository: `${registry}/${repository}`,
    tag,
    name: kind === 'chart' ? `charts/${lastSegment}` : (name ?? lastSegment),
    ...(digest === undefined ? {} : { digest }),
  };
}
