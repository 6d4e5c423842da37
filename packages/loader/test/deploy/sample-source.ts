import { type Artifact, BUNDLE_MANIFEST_TYPE, type BundleManifest, bundleManifestSchema } from '@zenml-airgap/bundle-spec';
import { digestOf } from 'oras-js';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import type { DeploymentSource } from '../../src/deploy/write-deployment.ts';

const ROOT = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(Buffer.from('{}')), size: 2 };
const GCP = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro';

export interface SampleOptions {
  readonly scenario?: BundleManifest['scenario'];
  /** `charts/zenml-0.93.2.tgz` → the fixture's folder */
  readonly charts?: Readonly<Record<string, string>>;
  readonly missing?: BundleManifest['missing'];
  readonly architecture?: string;
}

const DEFAULT_CHARTS = {
  'charts/zenml-0.94.2.tgz': 'zenml-0.94.2',
  'charts/zenml-0.93.2.tgz': 'zenml-0.93.2',
  'charts/zenml-pro-0.13.0.tgz': 'zenml-pro',
};

const BUSYBOX = {
  image: 'busybox',
  reason: 'only for `helm test` | not used',
  foundIn: ['templates/tests/test-connection.yaml:12'],
};

/** What an open bundle of a release gives to `writeDeployment`. */
export async function sampleSource(options: SampleOptions = {}): Promise<DeploymentSource> {
  const { scenario = 'self-hosted', charts = DEFAULT_CHARTS, missing = [BUSYBOX], architecture = 'amd64' } = options;
  const files = new Map<string, Uint8Array>();
  for (const [path, folder] of Object.entries(charts)) files.set(path, await packChart(fixtureChart(folder)));
  const manifest = bundleManifestSchema.parse({
    mediaType: BUNDLE_MANIFEST_TYPE,
    formatVersion: '1.0',
    tool: { name: 'zenml-bundler', version: '0.1.0' },
    created: '2026-02-01T00:00:00Z',
    scenario,
    registries: [],
    artifacts: [
      ...['0.13.0'].flatMap((tag) => [
        image(`${GCP}/zenml-pro-api`, tag, architecture),
        image(`${GCP}/zenml-pro-dashboard`, tag, architecture),
      ]),
      ...['0.93.2', '0.94.2'].map((tag) => image(`${GCP}/zenml-pro-server`, tag, architecture)),
      ...['0.93.2', '0.93.2-py3.11', '0.94.2'].map((tag) => image('docker.io/zenmldocker/zenml', tag, architecture)),
      ...Object.keys(charts).map(chartArtifact),
    ],
    blobs: [{ ...ROOT, artifacts: [0] }],
    files: [...files].map(([path, bytes]) => ({ path, size: bytes.length, digest: digestOf(bytes) })).concat(LISTING),
    missing,
  });
  return {
    manifest,
    readFile: async (path) => {
      const bytes = files.get(path);
      if (bytes === undefined) throw new Error(path);
      return bytes;
    },
  };
}

const LISTING = { path: 'manifest.txt', size: 2, digest: ROOT.digest };

function image(repository: string, tag: string, architecture: string): Artifact {
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const platforms = [{ os: 'linux', architecture }];
  return { kind: 'image', source: `${repository}:${tag}`, name, tag, root: ROOT, platforms, referrers: [], created: null };
}

function chartArtifact(path: string): Artifact {
  const [, name = '', tag = ''] = /^charts\/(.+)-(\d.*)\.tgz$/.exec(path) ?? [];
  const source = `public.ecr.aws/zenml/${name}:${tag}`;
  return { kind: 'chart', source, name: `charts/${name}`, tag, root: ROOT, platforms: [], referrers: [], created: null };
}
