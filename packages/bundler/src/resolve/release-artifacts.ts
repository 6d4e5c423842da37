import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import { CHART_REPOSITORIES, CLIENT_REPOSITORY, privateRepository, type ReleaseChart } from './release-sources.ts';
import type { WantedArtifact } from './wanted-artifact.ts';

/** Exact versions; `controlPlane` is null in the hybrid scenario. */
export interface ReleaseVersions {
  readonly controlPlane: string | null;
  readonly workspaceServer: readonly string[];
}

/** ZenML's own images and charts at `versions`, as the scenario needs them. */
export function releaseArtifacts(
  { source, charts, client }: Pick<CompleteRequest, 'source' | 'charts' | 'client'>,
  { controlPlane, workspaceServer }: ReleaseVersions,
): WantedArtifact[] {
  const wanted: WantedArtifact[] = [];
  if (controlPlane !== null) {
    const release = { field: 'versions.controlPlane', version: controlPlane } as const;
    for (const image of ['zenml-pro-api', 'zenml-pro-dashboard'] as const) {
      wanted.push({ kind: 'image', repository: privateRepository(image, source), tag: controlPlane, name: image, release });
    }
    if (charts.includes('zenml-pro')) wanted.push(chart('zenml-pro', release));
  }
  for (const version of workspaceServer) {
    const release = { field: 'versions.workspaceServer', version } as const;
    const server = 'zenml-pro-server';
    wanted.push({ kind: 'image', repository: privateRepository(server, source), tag: version, name: server, release });
    // Pipelines inside start from the -py tag of their client's Python, not from the bare one (facts/zenml.md §5).
    for (const tag of [version, ...client.python.map((python) => `${version}-py${python}`)]) {
      wanted.push({ kind: 'image', repository: CLIENT_REPOSITORY, tag, name: 'zenml', release });
    }
    if (charts.includes('zenml')) wanted.push(chart('zenml', release));
  }
  return wanted;
}

function chart(name: ReleaseChart, release: NonNullable<WantedArtifact['release']>): WantedArtifact {
  return { kind: 'chart', repository: CHART_REPOSITORIES[name], tag: release.version, name: `charts/${name}`, release };
}
