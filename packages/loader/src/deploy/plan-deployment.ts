import { type BundleManifest, destinationReference } from '@zenml-airgap/bundle-spec';
import { type Chart, type ChartRole, chartRole, installValues, pointImages } from '@zenml-airgap/helm-chart';
import { compareVersions } from './compare-versions.ts';
import type { DeployedChart } from './deployed-chart.ts';
import type { DeploymentOptions } from './deployment-options.ts';
import type { readCharts } from './read-charts.ts';

const ORDER: readonly ChartRole[] = ['control-plane', 'workspace', 'other'];

// As the documentation names them.
const CONTROL_PLANE_NAMESPACE = 'zenml-pro';
const WORKSPACE_NAMESPACE = 'zenml-workspace';

/** How the bundle's charts are installed: the control plane first, then workspaces by version, then what else there is. */
export function planDeployment(
  manifest: BundleManifest,
  charts: Awaited<ReturnType<typeof readCharts>>,
  options: DeploymentOptions,
): DeployedChart[] {
  const { destination, pullSecret, caSecret } = options;
  const carried = manifest.artifacts;
  const sorted = charts.toSorted(
    ({ chart: one }, { chart: other }) =>
      ORDER.indexOf(chartRole(one)) - ORDER.indexOf(chartRole(other)) || compareVersions(one.version, other.version),
  );
  const counts = new Map<string, number>();
  for (const { chart } of charts) counts.set(chart.name, (counts.get(chart.name) ?? 0) + 1);
  return sorted.map(({ artifact, chart }) => {
    const role = chartRole(chart);
    const isOnly = counts.get(chart.name) === 1;
    const [location = ''] = destinationReference(artifact, destination).split(/:(?=[^/:]*$)/);
    return {
      artifact,
      chart,
      role,
      images: pointImages(chart, carried),
      values: installValues(chart, carried, { prefix: destination.images, pullSecret, caSecret, scenario: manifest.scenario }),
      valuesFile: role === 'control-plane' && isOnly ? `${chart.name}-values.yaml` : `${chart.name}-${chart.version}-values.yaml`,
      namespace: namespaceOf(chart, isOnly, options),
      release: kubernetesName(chart.name),
      location: `oci://${location}`,
    };
  });
}

/** Two workspaces cannot share a namespace: the secrets' and the service account's names would clash. */
function namespaceOf(chart: Chart, isOnly: boolean, { namespaces }: DeploymentOptions): string {
  const role = chartRole(chart);
  const named =
    role === 'control-plane'
      ? (namespaces?.controlPlane ?? CONTROL_PLANE_NAMESPACE)
      : role === 'workspace'
        ? (namespaces?.workspace ?? WORKSPACE_NAMESPACE)
        : kubernetesName(chart.name);
  return isOnly ? named : `${named}-${kubernetesName(chart.version)}`;
}

/** Source: Helm's limit for releases, which is below Kubernetes' 63 for namespaces. */
const MAX_NAME_LENGTH = 53;

/** A chart's name may have dots and underscores: names of releases and namespaces may not. */
function kubernetesName(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, MAX_NAME_LENGTH).replace(/-$/, '');
}
