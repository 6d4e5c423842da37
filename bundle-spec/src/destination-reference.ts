import type { Artifact, Destination } from './schemas/bundle-manifest.ts';

const CHARTS_PREFIX = 'charts/';

/**
 * Where a site's registry takes an artifact: `harbor.corp.example/zenml/zenml-pro-api:0.13.0`.
 * `charts` is the place of charts, so a chart's relative name goes there without its `charts/`.
 */
export function destinationReference(artifact: Pick<Artifact, 'kind' | 'name' | 'tag'>, destination: Destination): string {
  if (artifact.kind === 'image') return `${destination.images}/${artifact.name}:${artifact.tag}`;
  const name = artifact.name.startsWith(CHARTS_PREFIX) ? artifact.name.slice(CHARTS_PREFIX.length) : artifact.name;
  return `${destination.charts}/${name}:${artifact.tag}`;
}

/** The place of charts where none was named: below that of the images, for the chart `zenml` and the image `zenml` share name and version. */
export function defaultChartsDestination(images: string): string {
  return `${images}/charts`;
}

/** What an artifact is called inside, before a registry is put in front: `charts/zenml:0.93.2`. */
export function relativeReference(artifact: Pick<Artifact, 'name' | 'tag'>): string {
  return `${artifact.name}:${artifact.tag}`;
}
