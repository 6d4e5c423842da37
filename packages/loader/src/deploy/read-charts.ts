import { AirgapError, type Artifact, type BundleManifest } from '@zenml-airgap/bundle-spec';
import { type Chart, readChart } from '@zenml-airgap/helm-chart';
import type { OperationOptions } from 'oras-js';

/** What a deployment is written from: an open bundle. */
export interface DeploymentSource {
  readonly manifest: BundleManifest;
  /** @throws where the bytes are not those of the manifest */
  readFile(path: string): Promise<Uint8Array>;
}

const CHART_FILE = /^charts\/.+\.tgz$/;

/** The bundle's charts, each with its artifact; in the manifest's order. */
export async function readCharts(
  source: DeploymentSource,
  { signal }: OperationOptions,
): Promise<{ artifact: Artifact; chart: Chart }[]> {
  const charts: { artifact: Artifact; chart: Chart }[] = [];
  for (const { path } of source.manifest.files.filter((file) => CHART_FILE.test(file.path))) {
    const chart = await readChart(await source.readFile(path), { signal });
    charts.push({ artifact: artifactOf(chart, source.manifest, path), chart });
  }
  return charts;
}

function artifactOf(chart: Chart, { artifacts }: BundleManifest, path: string): Artifact {
  // A tag cannot have the `+` of a semantic version; Helm writes `_`.
  const tag = chart.version.replaceAll('+', '_');
  const found = artifacts.find(
    ({ kind, name, tag: own }) => kind === 'chart' && name.split('/').at(-1) === chart.name && own === tag,
  );
  if (found !== undefined) return found;
  throw new AirgapError('INVALID_CHART', `${path} is the chart ${chart.name} ${chart.version}, which the bundle does not list`);
}
