import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '@zenml-airgap/bundle-spec';
import { resolveRequest } from '../../src/resolve/resolve-request.ts';
import { MemorySources } from '../fixtures/memory-sources.ts';
import { GCP, smallImage, smallReleaseEntries } from '../fixtures/small-release.ts';

const NOW = '2026-11-25T12:00:00Z';
const BUSYBOX = { image: 'busybox', reason: 'only helm test runs it' };

const smallRelease = async (privatePath?: (image: string) => string): Promise<MemorySources> =>
  MemorySources.of(await smallReleaseEntries(privatePath));

const resolve = (request: Request, sources: MemorySources) =>
  resolveRequest(request, { open: sources.open, now: NOW, concurrency: 8 });

test('a request becomes exact versions, digests, platforms and dates', async () => {
  const sources = await smallRelease();
  const lock = await resolve(
    {
      versions: { controlPlane: 'latest', workspaceServer: '>=0.93 <0.94' },
      client: { python: ['3.11'] },
      allowMissing: [BUSYBOX],
    },
    sources,
  );
  assert.equal(lock.created, NOW);
  assert.deepEqual(lock.versions, { controlPlane: '0.13.0', workspaceServer: ['0.93.2'] });
  assert.deepEqual(
    lock.artifacts.map(({ kind, name, tag, source }) => `${kind} ${name}:${tag} ${source}`),
    [
      'image zenml:0.93.2 docker.io/zenmldocker/zenml:0.93.2',
      'image zenml:0.93.2-py3.11 docker.io/zenmldocker/zenml:0.93.2-py3.11',
      `image zenml-pro-api:0.13.0 ${GCP}/zenml-pro-api:0.13.0`,
      `image zenml-pro-dashboard:0.13.0 ${GCP}/zenml-pro-dashboard:0.13.0`,
      `image zenml-pro-server:0.93.2 ${GCP}/zenml-pro-server:0.93.2`,
      'chart charts/zenml:0.93.2 public.ecr.aws/zenml/zenml:0.93.2',
      'chart charts/zenml-pro:0.13.0 public.ecr.aws/zenml/zenml-pro:0.13.0',
    ],
  );
  const api = lock.artifacts.find(({ name }) => name === 'zenml-pro-api');
  const expected = (await smallImage('api-0.13.0', '2026-01-30T09:00:00Z')).manifest.descriptor;
  assert.deepEqual(api?.root, expected);
  assert.deepEqual(api?.platforms, [{ os: 'linux', architecture: 'amd64' }]);
  assert.equal(api?.created, '2026-01-30T09:00:00Z');
  const chart = lock.artifacts.find(({ name }) => name === 'charts/zenml');
  assert.deepEqual([chart?.platforms, chart?.created], [[], '2026-01-30T09:00:00Z']);
});

test('ranges ask for the charts’ tags, and for the images’ where no chart is carried', async () => {
  const withCharts = await smallRelease();
  await resolve({ versions: { controlPlane: '<0.13', workspaceServer: 'latest' }, allowMissing: [BUSYBOX] }, withCharts);
  assert.deepEqual(withCharts.asked.filter((line) => line.endsWith(' tags')).sort(), [
    'public.ecr.aws/zenml/zenml tags',
    'public.ecr.aws/zenml/zenml-pro tags',
  ]);
  const without = await smallRelease();
  const lock = await resolve({ versions: { controlPlane: '<0.13', workspaceServer: 'latest' }, charts: [] }, without);
  assert.deepEqual(lock.versions, { controlPlane: '0.12.9', workspaceServer: ['0.93.2'] });
  assert.deepEqual(without.asked.filter((line) => line.endsWith(' tags')).sort(), [
    `${GCP}/zenml-pro-api tags`,
    `${GCP}/zenml-pro-server tags`,
  ]);
});

test('exact versions list no tags, and no image layer is fetched', async () => {
  const sources = await smallRelease();
  const lock = await resolve(
    { versions: { controlPlane: '0.13.0', workspaceServer: ['0.93.1', '0.93.2'] }, charts: [] },
    sources,
  );
  assert.deepEqual(lock.versions.workspaceServer, ['0.93.1', '0.93.2']);
  assert.deepEqual(
    sources.asked.filter((line) => line.endsWith(' tags')),
    [],
  );
  const server = await smallImage('server-0.93.2');
  const layers = server.blobs.slice(1).map(({ descriptor }) => descriptor.digest);
  assert.deepEqual(
    sources.asked.filter((line) => layers.some((digest) => line.endsWith(digest))),
    [],
  );
});

test('unknown versions are reported together, with the nearest published ones', async () => {
  const sources = await smallRelease();
  await assert.rejects(resolve({ versions: { controlPlane: '0.13.9', workspaceServer: ['0.93.2', '0.92.0'] } }, sources), {
    code: 'UNKNOWN_VERSION',
    message: [
      'not all that the request asks for is published:',
      '  versions.controlPlane: 0.13.9 is not published (zenml-pro-api, zenml-pro-dashboard, charts/zenml-pro); nearest: 0.13.0, 0.12.9',
      '  versions.workspaceServer: 0.92.0 is not published (zenml-pro-server, zenml, charts/zenml); nearest: 0.93.1, 0.93.2',
    ].join('\n'),
  });
});

test('a version whose image is not there, though its chart is, is told apart', async () => {
  const sources = await smallRelease((image) => (image === 'zenml-pro-dashboard' ? 'elsewhere.example/x' : `${GCP}/${image}`));
  await assert.rejects(resolve({ versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' } }, sources), {
    code: 'UNKNOWN_VERSION',
    message:
      'not all that the request asks for is published:\n  versions.controlPlane: 0.13.0 is published, but without zenml-pro-dashboard',
  });
});

test('a Python variant that is not published is named', async () => {
  const sources = await smallRelease();
  const request: Request = { versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' }, client: { python: ['3.8'] } };
  await assert.rejects(resolve(request, sources), {
    code: 'UNKNOWN_VERSION',
    message:
      'not all that the request asks for is published:\n  client.python: zenml:0.93.2-py3.8 is not published; there is 0.93.2-py3.11',
  });
});

test('a further image that is not there is no version: it is named with its source', async () => {
  const sources = await smallRelease();
  const request: Request = { versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' }, images: ['quay.io/a/nothing:1'] };
  await assert.rejects(resolve(request, sources), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'NOT_FOUND');
    assert.match(error.message, /^quay\.io\/a\/nothing:1: /);
    return true;
  });
});

test('the lock records what charts name: carried in the Pro server’s place, allowed, missing', async () => {
  const sources = await smallRelease();
  const versions = { controlPlane: '0.13.0', workspaceServer: '0.93.2' };
  const missing = await resolve({ versions }, sources);
  const brief = (lock: typeof missing) =>
    lock.chartImages.map(({ image, chart, status, carriedAs }) => ({ image, chart, status, carriedAs }));
  assert.deepEqual(
    brief(missing).filter(({ chart }) => chart === 'charts/zenml:0.93.2'),
    [
      {
        image: 'zenmldocker/zenml-server:0.93.2',
        chart: 'charts/zenml:0.93.2',
        status: 'carried',
        carriedAs: 'zenml-pro-server:0.93.2',
      },
      { image: 'busybox', chart: 'charts/zenml:0.93.2', status: 'missing', carriedAs: undefined },
    ],
  );
  assert.match(
    missing.chartImages.find(({ image }) => image === 'busybox')?.where.join() ?? '',
    /templates\/tests\/test-connection\.yaml:\d+/,
  );
  const allowed = await resolve({ versions, allowMissing: [BUSYBOX] }, sources);
  assert.equal(allowed.chartImages.find(({ image }) => image === 'busybox')?.status, 'allowed');
});
