import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CarriedImage, pointImages, readChart } from '@zenml-airgap/helm-chart';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { packFiles } from '../pack-files.ts';

const RELEASE: CarriedImage[] = [
  { kind: 'chart', name: 'charts/zenml', tag: '0.93.2', source: 'public.ecr.aws/zenml/zenml:0.93.2' },
  { kind: 'image', name: 'zenml', tag: '0.93.2', source: 'docker.io/zenmldocker/zenml:0.93.2' },
  { kind: 'image', name: 'zenml-pro-api', tag: '0.13.0' },
  { kind: 'image', name: 'zenml-pro-dashboard', tag: '0.13.0' },
  { kind: 'image', name: 'zenml-pro-server', tag: '0.94.2' },
  { kind: 'image', name: 'zenml-pro-server', tag: '0.93.2' },
];

async function pointed(chartBytes: Uint8Array, carried: readonly CarriedImage[]): Promise<string[]> {
  return pointImages(await readChart(chartBytes), carried).map(({ image, carried: match, slots }) => {
    const by = slots === undefined ? 'no value' : (slots.kind === 'parts' ? slots.repository : slots.reference).join('.');
    return `${image.image} → ${match === undefined ? 'nothing' : `${match.name}:${match.tag}`} by ${by}`;
  });
}

suite('pointImages', () => {
  test('has the Pro server of the chart’s own version run in the place of the open-source one', async () => {
    assert.deepEqual(await pointed(await packChart(fixtureChart('zenml-0.93.2')), RELEASE), [
      'zenmldocker/zenml-server:0.93.2 → zenml-pro-server:0.93.2 by zenml.image.repository',
      'busybox → nothing by no value',
    ]);
  });

  test('writes nothing under the losing root of a chart with both', async () => {
    const both = await packChart(fixtureChart('zenml-0.94.4-both'), { version: '0.94.2' });
    assert.deepEqual(await pointed(both, RELEASE), [
      'zenmldocker/zenml-server:0.94.2 → zenml-pro-server:0.94.2 by zenml.image.repository',
      'zenmldocker/zenml-server:0.94.2 → zenml-pro-server:0.94.2 by zenml.image.repository',
      'busybox → nothing by no value',
    ]);
  });

  test('has the control plane’s images found by their keys, whatever registry the chart names', async () => {
    assert.deepEqual(await pointed(await packChart(fixtureChart('zenml-pro')), RELEASE), [
      '715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-api:0.13.0 → zenml-pro-api:0.13.0 by zenml.image.api.repository',
      '715803424590.dkr.ecr.eu-west-1.amazonaws.com/zenml-pro-dashboard:0.13.0 → zenml-pro-dashboard:0.13.0 by zenml.image.dashboard.repository',
    ]);
  });

  test('takes no server of another version', async () => {
    const other = await packChart(fixtureChart('zenml-0.93.2'), { version: '0.93.3' });
    assert.match((await pointed(other, RELEASE))[0] ?? '', /→ nothing/);
  });

  test('takes no chart for the image of the same name', async () => {
    const bytes = await packFiles({ 'values.yaml': 'image: {repository: acme/zenml, tag: 0.93.2}\n' });
    assert.deepEqual(await pointed(bytes, RELEASE.slice(0, 1)), ['acme/zenml:0.93.2 → nothing by no value']);
  });

  test('points a worker’s own image too', async () => {
    const values =
      'zenml: {image: {repository: zenmldocker/zenml-server}}\nworkerDeployments: {executor: {image: {repository: zenmldocker/zenml-server}}}\n';
    const bytes = await packFiles({ 'Chart.yaml': 'name: zenml\nversion: 0.93.2\n', 'values.yaml': values }, 'zenml');
    assert.match(
      (await pointed(bytes, RELEASE))[1] ?? '',
      /→ zenml-pro-server:0.93.2 by workerDeployments.executor.image.repository/,
    );
  });

  test('a digest has to be that of the carried image', async () => {
    const digest = `sha256:${'1'.repeat(64)}` as const;
    const bytes = await packFiles({ 'values.yaml': `image: {repository: redis, tag: "7", digest: "${digest}"}\n` });
    const redis = (hex: string): CarriedImage => ({
      name: 'redis',
      tag: '7',
      source: 'docker.io/library/redis:7',
      root: { digest: `sha256:${hex.repeat(64)}`, mediaType: 'x', size: 1 },
    });
    assert.match((await pointed(bytes, [redis('1')]))[0] ?? '', /→ redis:7/);
    assert.match((await pointed(bytes, [redis('2')]))[0] ?? '', /→ nothing/);
  });
});
