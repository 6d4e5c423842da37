import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveRequest } from '../../src/resolve/resolve-request.ts';
import { MemorySources } from '../fixtures/memory-sources.ts';
import { smallReleaseEntries } from '../fixtures/small-release.ts';

const VERSIONS = { controlPlane: '0.13.0', workspaceServer: '0.93.2' };
const OPTIONS = { now: '2026-11-25T12:00:00Z', concurrency: 8 };

test('a chart among the images and an image among the charts are refused alike, each named once', async () => {
  const { open } = await MemorySources.of(await smallReleaseEntries());
  await assert.rejects(
    resolveRequest(
      { versions: VERSIONS, images: [{ image: 'public.ecr.aws/zenml/zenml:0.93.1', name: 'x' }] },
      { open, ...OPTIONS },
    ),
    {
      code: 'INVALID_MANIFEST',
      message:
        'public.ecr.aws/zenml/zenml:0.93.1: this is no container image but a Helm chart: it has application/vnd.cncf.helm.config.v1+json',
      remedy: 'Charts belong under charts, as oci://HOST/PATH:VERSION, container images under images.',
    },
  );
  await assert.rejects(
    resolveRequest(
      { versions: VERSIONS, charts: ['zenml-pro', 'zenml', 'oci://docker.io/zenmldocker/zenml:0.93.1'] },
      { open, ...OPTIONS },
    ),
    {
      code: 'INVALID_MANIFEST',
      message:
        'docker.io/zenmldocker/zenml:0.93.1: this is no Helm chart: it has 0 layers of type application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    },
  );
});
