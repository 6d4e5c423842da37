import { AirgapError, type Destination, defaultChartsDestination } from '@zenml-airgap/bundle-spec';
import { parseDestination } from './parse-destination.ts';

export interface DestinationOptions {
  /** `--to` */
  readonly to?: string | undefined;
  /** `--charts-to` */
  readonly chartsTo?: string | undefined;
}

/**
 * Where images and charts go: the command line's, else the one registry that the bundle was built for.
 * @param registries of the bundle manifest
 * @throws USAGE, naming the registries where there are several
 */
export function chooseDestination(registries: readonly Destination[], { to, chartsTo }: DestinationOptions): Destination {
  const images = to === undefined ? only(registries).images : to;
  const parsed = parseDestination(images, to === undefined ? 'the bundle’s registry' : '--to');
  if (chartsTo !== undefined) return { images: parsed, charts: parseDestination(chartsTo, '--charts-to') };
  // A site that the request names keeps its own place for charts (Artifactory has them in another repository).
  const site = registries.find((registry) => registry.images === parsed || registry.images === images);
  return {
    images: parsed,
    charts: site === undefined ? defaultChartsDestination(parsed) : parseDestination(site.charts, 'the bundle’s registry'),
  };
}

function only(registries: readonly Destination[]): Destination {
  const [first, ...others] = registries;
  if (first === undefined) {
    throw new AirgapError('USAGE', 'no destination: the bundle names no registry', {
      remedy: 'Say where to load: --to harbor.corp.example/zenml',
    });
  }
  if (others.length > 0) {
    throw new AirgapError('USAGE', 'no destination: the bundle is for several registries', {
      problems: registries.map((registry) => `--to ${registry.images}`),
      remedy: 'Choose one of them with --to.',
    });
  }
  return first;
}
