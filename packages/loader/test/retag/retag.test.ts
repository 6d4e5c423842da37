import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retag } from '../../src/retag/retag.ts';
import { sampleSource } from '../fixtures/sample-source.ts';

const { artifacts } = sampleSource().source.manifest;

test('the chart zenml and the image zenml of one version get references of their own', () => {
  const references = retag(artifacts, { images: 'r.example/a', charts: 'r.example/a/charts' }).map(({ reference }) => reference);
  assert.deepEqual(references, [
    'r.example/a/charts/zenml:0.93.2',
    'r.example/a/zenml:0.93.2',
    'r.example/a/zenml-pro-api:0.13.0',
  ]);
});

test('charts go where --charts-to says, without charts/ in between', () => {
  const [chart] = retag(artifacts, { images: 'r.example/docker', charts: 'r.example:8443/helm' });
  assert.equal(chart?.repository, 'r.example:8443/helm/zenml');
  assert.equal(chart?.tag, '0.93.2');
});

test('images and charts at one place are refused where they would overwrite each other', () => {
  assert.throws(() => retag(artifacts, { images: 'r.example/a', charts: 'r.example/a' }), {
    code: 'DUPLICATE_REFERENCE',
    message: /r\.example\/a\/zenml:0\.93\.2/,
  });
});
