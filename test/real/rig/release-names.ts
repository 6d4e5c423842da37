/** The versions of all fixtures. The charts of the workspace versions have the root keys `zenml:`, `server:`, and both. */
export const CONTROL_PLANE_VERSION = '0.13.0';
export const WORKSPACE_VERSION = '0.93.2';
export const WORKSPACE_VERSIONS = [WORKSPACE_VERSION, '0.94.2', '0.94.4'] as const;

/** What ZenML's hosts are called on a mirror: `HOST/PATH` stands for the key. */
export const MIRROR_PATHS: Readonly<Record<string, string>> = {
  'europe-west3-docker.pkg.dev': 'gar',
  'docker.io': 'hub',
  'public.ecr.aws': 'ecr',
};

export interface ReleaseImage {
  /** What it is called inside, below the destination. */
  readonly name: string;
  readonly source: string;
  /** Of the tests' release; the bench has the first alone. */
  readonly tags: readonly string[];
}

export interface ReleaseChart {
  readonly name: string;
  readonly source: string;
  readonly tag: string;
  /** Its folder in test/fixtures/charts. */
  readonly fixture: string;
}

const PRO = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro';

/** The four images of a release: facts/zenml-deploy-prerequisites.md. */
export const RELEASE_IMAGES: readonly ReleaseImage[] = [
  { name: 'zenml-pro-api', source: `${PRO}/zenml-pro-api`, tags: [CONTROL_PLANE_VERSION] },
  { name: 'zenml-pro-dashboard', source: `${PRO}/zenml-pro-dashboard`, tags: [CONTROL_PLANE_VERSION] },
  { name: 'zenml-pro-server', source: `${PRO}/zenml-pro-server`, tags: WORKSPACE_VERSIONS },
  { name: 'zenml', source: 'docker.io/zenmldocker/zenml', tags: WORKSPACE_VERSIONS },
];

/** One more, as OCI images of two platforms under an index; Docker pushes its own kind of manifest only. */
export const EXTRA_IMAGE: ReleaseImage = { name: 'tools', source: 'docker.io/library/tools', tags: ['1.0'] };

export const RELEASE_CHARTS: readonly ReleaseChart[] = [
  { name: 'zenml-pro', source: 'public.ecr.aws/zenml/zenml-pro', tag: CONTROL_PLANE_VERSION, fixture: 'zenml-pro' },
  { name: 'zenml', source: 'public.ecr.aws/zenml/zenml', tag: '0.93.2', fixture: 'zenml-0.93.2' },
  { name: 'zenml', source: 'public.ecr.aws/zenml/zenml', tag: '0.94.2', fixture: 'zenml-0.94.2' },
  { name: 'zenml', source: 'public.ecr.aws/zenml/zenml', tag: '0.94.4', fixture: 'zenml-0.94.4-both' },
];

/** Where a canonical repository lies on a mirror. */
export function mirrored(source: string, mirrorHost: string): string {
  const slash = source.indexOf('/');
  const path = MIRROR_PATHS[source.slice(0, slash)];
  if (path === undefined) throw new Error(`no mirror for ${source}`);
  return `${mirrorHost}/${path}${source.slice(slash)}`;
}

/** The request's `mirrors`, as YAML lines. */
export function mirrorLines(mirrorHost: string): string {
  const lines = Object.entries(MIRROR_PATHS).map(([host, path]) => `  ${host}: ${mirrorHost}/${path}`);
  return `mirrors:\n${lines.join('\n')}\n`;
}
