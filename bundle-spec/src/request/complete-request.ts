import { defaultChartsDestination } from '../destination-reference.ts';
import type { Destination, Scenario } from '../schemas/bundle-manifest.ts';
import type { Request } from '../schemas/request.ts';

/** A request in which nothing is left to defaults or shorthand. */
export interface CompleteRequest {
  readonly scenario: Scenario;
  readonly source: 'gcp' | 'aws';
  readonly versions: { readonly controlPlane: string | null; readonly workspaceServer: readonly string[] };
  readonly client: { readonly python: readonly string[] };
  /** Those to carry of each image; empty: all. */
  readonly platforms: readonly string[];
  readonly charts: readonly string[];
  readonly images: readonly { readonly image: string; readonly name?: string }[];
  readonly allowMissing: readonly { readonly image: string; readonly reason: string }[];
  readonly registries: readonly Destination[];
  readonly mirrors: Readonly<Record<string, string>>;
  readonly signing: { readonly key: string } | null;
}

/** Source: docs.zenml.io, "Self-hosted Deployment Prerequisites": the control plane is ZenML's own in the hybrid scenario. */
const DEFAULT_CHARTS: Readonly<Record<Scenario, readonly string[]>> = {
  'self-hosted': ['zenml-pro', 'zenml'],
  hybrid: ['zenml'],
};

const DEFAULT_SCENARIO: Scenario = 'self-hosted';
const DEFAULT_SOURCE = 'gcp'; // its images need one sign-in, those of aws one for each of two regions

/** `request` with its defaults filled in. */
export function completeRequest(request: Request): CompleteRequest {
  const scenario = request.scenario ?? DEFAULT_SCENARIO;
  return {
    scenario,
    source: request.source ?? DEFAULT_SOURCE,
    versions: {
      controlPlane: request.versions.controlPlane ?? null,
      workspaceServer: [request.versions.workspaceServer].flat(),
    },
    client: { python: request.client?.python ?? [] },
    platforms: request.platforms ?? [],
    charts: request.charts ?? DEFAULT_CHARTS[scenario],
    images: (request.images ?? []).map((image) => (typeof image === 'string' ? { image } : image)),
    allowMissing: request.allowMissing ?? [],
    registries: registriesOf(request),
    mirrors: request.mirrors ?? {},
    signing: request.signing ?? null,
  };
}

function registriesOf({ registry }: Request): Destination[] {
  const sites = registry === undefined ? [] : [registry].flat();
  return sites.map((site) => {
    const { images, charts } = typeof site === 'string' ? { images: site, charts: undefined } : site;
    return { images, charts: charts ?? defaultChartsDestination(images) };
  });
}
