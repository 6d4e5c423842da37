import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readChart } from '@zenml-airgap/helm-chart';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { rootKeyOf } from '../../src/point/root-key-of.ts';
import { packFiles } from '../pack-files.ts';

suite('rootKeyOf', () => {
  const ROOTS = { 'zenml-0.93.2': 'zenml', 'zenml-0.94.2': 'server', 'zenml-0.94.4-both': 'zenml', 'zenml-pro': 'zenml' };
  for (const [folder, root] of Object.entries(ROOTS)) {
    test(`reads ${root} from ${folder}`, async () => {
      assert.equal(rootKeyOf(await readChart(await packChart(fixtureChart(folder)))), root);
    });
  }

  test('goes by the chart and not by its version', async () => {
    const renamed = await packChart(fixtureChart('zenml-0.93.2'), { version: '0.99.0' });
    assert.equal(rootKeyOf(await readChart(renamed)), 'zenml');
  });

  test('takes server where a zenml key is there that no template reads', async () => {
    const chart = await readChart(
      await packFiles({
        'values.yaml': 'server: {image: {repository: a/b}}\nzenml: {image: {repository: a/b}}\n',
        'templates/a.yaml': 'image: {{ .Values.server.image.repository }}',
      }),
    );
    assert.equal(rootKeyOf(chart), 'server');
  });

  test('refuses a chart that has an image under neither', async () => {
    const chart = await readChart(await packFiles({ 'values.yaml': 'image: {repository: a/b}\n' }));
    assert.throws(() => rootKeyOf(chart), { code: 'INVALID_CHART' });
  });
});
