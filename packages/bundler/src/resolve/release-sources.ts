import type { CompleteRequest } from '@zenml-airgap/bundle-spec';

// Source: ZenML's deploy-prerequisites.md ("ZenML Pro Software Artifacts"), of which facts/zenml-deploy-prerequisites.md is a copy.

export type PrivateImage = 'zenml-pro-api' | 'zenml-pro-dashboard' | 'zenml-pro-server';
export type ReleaseChart = 'zenml-pro' | 'zenml';

const GCP = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro';
const AWS_CONTROL_PLANE = '715803424590.dkr.ecr.eu-west-1.amazonaws.com';
const AWS_WORKSPACE = '715803424590.dkr.ecr.eu-central-1.amazonaws.com';

export const CLIENT_REPOSITORY = 'docker.io/zenmldocker/zenml';

export const CHART_REPOSITORIES: Readonly<Record<ReleaseChart, string>> = {
  'zenml-pro': 'public.ecr.aws/zenml/zenml-pro',
  zenml: 'public.ecr.aws/zenml/zenml',
};

/** Where a private image lies. AWS has the control plane in one region and the workspace server in another. */
export function privateRepository(image: PrivateImage, source: CompleteRequest['source']): string {
  if (source === 'gcp') return `${GCP}/${image}`;
  return `${image === 'zenml-pro-server' ? AWS_WORKSPACE : AWS_CONTROL_PLANE}/${image}`;
}

/** The private repositories that a request reads, for credentials that are meant for them alone. */
export function privateRepositories({ scenario, source }: Pick<CompleteRequest, 'scenario' | 'source'>): string[] {
  const controlPlane: PrivateImage[] = scenario === 'hybrid' ? [] : ['zenml-pro-api', 'zenml-pro-dashboard'];
  return [...controlPlane, 'zenml-pro-server' as const].map((image) => privateRepository(image, source));
}

/** Every repository of a release, of either source. */
export function knownRepositories(): string[] {
  const ofSource = (source: CompleteRequest['source']) => privateRepositories({ scenario: 'self-hosted', source });
  return [...ofSource('gcp'), ...ofSource('aws'), CLIENT_REPOSITORY, ...Object.values(CHART_REPOSITORIES)];
}

export function isReleaseChart(name: string): name is ReleaseChart {
  return Object.hasOwn(CHART_REPOSITORIES, name);
}
