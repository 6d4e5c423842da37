import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeRequest, type Lock, type Request } from '@zenml-airgap/bundle-spec';
import { helmForTests } from '../../../../test/fixtures/helm-for-tests.ts';
import { sampleChart } from '../../../../test/fixtures/sample-image.ts';
import { packFiles } from '../../../helm-chart/test/pack-files.ts';
import { warningsOf } from '../../src/cli/warnings.ts';
import { resolveRequest } from '../../src/resolve/resolve-request.ts';
import { MemorySources } from '../fixtures/memory-sources.ts';
import { smallImage, smallReleaseEntries } from '../fixtures/small-release.ts';

const helm = await helmForTests();
const skip = helm === undefined ? 'no helm in ZENML_AIRGAP_TOOLS or on the PATH' : false;
const REQUEST: Request = {
  versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' },
  charts: ['zenml-pro', 'zenml', 'oci://quay.io/acme/needy:1.2.3'],
  images: ['quay.io/acme/tool:2'],
  allowMissing: [{ image: 'busybox', reason: 'only helm test runs it' }],
};

/** The release, and a chart that wants a value and names an image that no value reaches. */
async function resolved(helmNow: string | undefined): Promise<Lock> {
  const chart = await packFiles(
    { 'templates/a.yaml': '{{ required "a password is needed" .Values.password }}\nimage: quay.io/acme/tool:2\n' },
    'needy',
  );
  const sources = await MemorySources.of([
    ...(await smallReleaseEntries()),
    { repository: 'quay.io/acme/tool', tag: '2', artifact: await smallImage('tool') },
    {
      repository: 'quay.io/acme/needy',
      tag: '1.2.3',
      artifact: await sampleChart(chart, { name: 'needy', version: '1.2.3' }, '2026-01-30T09:00:00Z'),
    },
  ]);
  return await resolveRequest(REQUEST, { open: sources.open, now: '2026-11-25T12:00:00Z', concurrency: 8, helm: helmNow });
}

const warnings = (lock: Lock, helmNow: string | undefined): string[] =>
  warningsOf(lock, completeRequest(REQUEST), { helm: helmNow });

test('a chart that helm cannot render does not stop the build: it is named with helm’s reason', { skip }, async () => {
  const lock = await resolved(helm);
  assert.deepEqual(
    lock.charts.map(({ chart, method }) => [chart, method]),
    [
      ['charts/needy:1.2.3', 'read'],
      ['charts/zenml:0.93.2', 'rendered'],
      ['charts/zenml-pro:0.13.0', 'rendered'],
    ],
  );
  const [first, ...others] = warnings(lock, helm);
  assert.match(
    first ?? '',
    /^charts\/needy:1\.2\.3: only read, for helm cannot render it \(helm template: .*a password is needed.*\): make sure/,
  );
  assert.ok(others.every((text) => !text.includes('only read')));
});

test('without helm all charts are named as only read, and with it later that --update renders them', async () => {
  const lock = await resolved(undefined);
  const charts = 'charts/needy:1.2.3, charts/zenml:0.93.2, charts/zenml-pro:0.13.0: only read, without helm: ';
  const what = 'images that only rendering shows were not looked for; ';
  assert.equal(warnings(lock, undefined)[0], `${charts}${what}install helm and resolve with --update, to have them rendered`);
  assert.equal(warnings(lock, '/usr/bin/helm')[0], `${charts}${what}helm is here now: --update resolves again and renders them`);
});

test('an image that is carried and that no value points at is told at build, not only inside', async () => {
  const lock = await resolved(undefined);
  assert.deepEqual(
    warnings(lock, undefined).filter((text) => text.includes('mirror')),
    [
      'charts/needy:1.2.3: quay.io/acme/tool:2 is carried, but no value points at it (templates/a.yaml:2): the nodes need a mirror of its registry',
    ],
  );
});
