/** The versions that all fixtures carry. */
export const CONTROL_PLANE_VERSION = '0.13.0';
export const WORKSPACE_VERSION = '0.93.2';

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
  readonly tag: string;
}

const PRO = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro';

/** The four images of a release: facts/zenml-deploy-prerequisites.md. */
export const RELEASE_IMAGES: readonly ReleaseImage[] = [
  { name: 'zenml-pro-api', source: `${PRO}/zenml-pro-api`, tag: CONTROL_PLANE_VERSION },
  { name: 'zenml-pro-dashboard', source: `${PRO}/zenml-pro-dashboard`, tag: CONTROL_PLANE_VERSION },
  { name: 'zenml-pro-server', source: `${PRO}/zenml-pro-server`, tag: WORKSPACE_VERSION },
  { name: 'zenml', source: 'docker.io/zenmldocker/zenml', tag: WORKSPACE_VERSION },
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
