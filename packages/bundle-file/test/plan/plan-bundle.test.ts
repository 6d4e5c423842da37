import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planBundle } from '@zenml-airgap/bundle-file';
import { parseBundleManifest } from '@zenml-airgap/bundle-spec';
import { digestOf } from 'oras-js';
import { smallSample } from '../sample-bundle.ts';

const small = await smallSample(10_000);

suite('a plan', () => {
  test('is accepted by the reader’s parser as it is', () => {
    assert.deepEqual(parseBundleManifest(small.plan.manifestBytes), small.plan.manifest);
  });

  test('has the same bytes whatever order its draft has', () => {
    const { draft } = small;
    const reversed = {
      ...draft,
      artifacts: draft.artifacts.toReversed(),
      blobs: draft.blobs
        .toReversed()
        .map((blob) => ({ ...blob, artifacts: blob.artifacts.map((index) => draft.artifacts.length - 1 - index) })),
      charts: draft.charts.toReversed(),
    };
    assert.deepEqual(Buffer.from(planBundle(reversed).manifestBytes), Buffer.from(small.plan.manifestBytes));
  });

  test('has images before charts, and blobs that follow their artifacts', () => {
    const { artifacts, blobs } = small.plan.manifest;
    assert.deepEqual(
      artifacts.map(({ name }) => name),
      ['zenml', 'zenml-pro-server', 'charts/zenml'],
    );
    const shared = blobs.find(({ size }) => size === 3_000);
    assert.deepEqual(shared?.artifacts, [0, 1]);
    assert.deepEqual(blobs.find(({ size }) => size === 5_000)?.artifacts, [2]);
  });

  test('lists each file with the digest of what is written', () => {
    for (const [path, bytes] of small.plan.files) {
      const listed = small.plan.manifest.files.find((file) => file.path === path);
      assert.deepEqual(listed, { path, size: bytes.length, digest: digestOf(bytes) });
    }
    assert.equal(small.plan.files.size, 6);
  });

  test('has a chart’s file with its layer’s size and digest', () => {
    const [chart] = small.draft.charts;
    assert.deepEqual(small.plan.manifest.files.at(-1), {
      path: 'charts/zenml-0.93.2.tgz',
      size: chart?.layer.size,
      digest: chart?.layer.digest,
    });
  });

  test('refuses two artifacts with one reference inside, and names both', () => {
    const { draft } = small;
    const artifacts = draft.artifacts.map((artifact) => ({ ...artifact, name: 'zenml' }));
    assert.throws(() => planBundle({ ...draft, artifacts }), {
      code: 'DUPLICATE_REFERENCE',
      message: /zenml:0\.93\.2: docker\.io\/zenmldocker\/zenml:0\.93\.2 and gcr\.io/,
    });
  });

  test('refuses a chart’s name that no tar header holds', () => {
    const charts = small.draft.charts.map((chart) => ({ ...chart, name: 'n'.repeat(100) }));
    assert.throws(() => planBundle({ ...small.draft, charts }), { code: 'NAME_TOO_LONG' });
  });

  test('refuses two charts that would be one file', () => {
    const [chart] = small.draft.charts;
    assert.ok(chart);
    const other = { ...chart, layer: { ...chart.layer, digest: digestOf(Buffer.from('other')) } };
    assert.throws(() => planBundle({ ...small.draft, charts: [chart, other] }), { code: 'DUPLICATE_REFERENCE' });
  });
});
