import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CarriedImage, examineChart, installValues, readChart, renderImages } from '@zenml-airgap/helm-chart';
import { helmForTests } from '../../../test/fixtures/helm-for-tests.ts';
import { fixtureChart, packChart } from '../../../test/fixtures/pack-chart.ts';
import { packFiles } from './pack-files.ts';

const helm = await helmForTests();
const skip = helm === undefined ? 'no helm in ZENML_AIRGAP_TOOLS or on the PATH' : false;

const CARRIED: CarriedImage[] = [
  { name: 'zenml-pro-api', tag: '0.13.0' },
  { name: 'zenml-pro-dashboard', tag: '0.13.0' },
  ...['0.93.2', '0.94.2', '0.94.4'].map((tag) => ({ name: 'zenml-pro-server', tag })),
];

suite('examineChart', () => {
  test('without Helm finds the busybox that no value reaches, and says where', async () => {
    const bytes = await packChart(fixtureChart('zenml-0.93.2'));
    const { chart, images } = await examineChart(bytes, CARRIED);
    assert.deepEqual(chart, { chart: 'charts/zenml:0.93.2', method: 'read' });
    assert.deepEqual(images, [
      {
        image: 'zenmldocker/zenml-server:0.93.2',
        chart: 'charts/zenml:0.93.2',
        where: ['values.yaml: zenml.image'],
        status: 'carried',
        carriedAs: 'zenml-pro-server:0.93.2',
      },
      {
        image: 'busybox',
        chart: 'charts/zenml:0.93.2',
        where: ['templates/tests/test-connection.yaml:12'],
        status: 'missing',
      },
    ]);
  });

  test('an image that allowMissing names is allowed; one that the bundle has under its own name is carried', async () => {
    const bytes = await packChart(fixtureChart('zenml-0.93.2'));
    const statusWith = async (carried: readonly CarriedImage[], allowMissing: string[]): Promise<string | undefined> =>
      (await examineChart(bytes, carried, { allowMissing })).images.find(({ image }) => image === 'busybox')?.status;
    assert.equal(await statusWith(CARRIED, ['docker.io/library/busybox']), 'allowed');
    assert.equal(await statusWith(CARRIED, ['busybox:1.36']), 'missing');
    const busybox = (tag: string): CarriedImage => ({ name: 'busybox', tag, source: `docker.io/library/busybox:${tag}` });
    assert.equal(await statusWith([...CARRIED, busybox('latest')], []), 'carried');
    assert.equal(await statusWith([...CARRIED, busybox('1.36')], []), 'missing');
  });

  test('a server that the bundle lacks is missing', async () => {
    const bytes = await packChart(fixtureChart('zenml-0.93.2'));
    const {
      images: [server],
    } = await examineChart(bytes, CARRIED.slice(0, 2));
    assert.deepEqual([server?.image, server?.status], ['zenmldocker/zenml-server:0.93.2', 'missing']);
  });

  test('with Helm finds the same, in hooks and test pods too', { skip }, async () => {
    const bytes = await packChart(fixtureChart('zenml-0.94.2'));
    const { chart, images: findings } = await examineChart(bytes, CARRIED, { helm });
    assert.deepEqual(chart, { chart: 'charts/zenml:0.94.2', method: 'rendered' });
    assert.deepEqual(
      findings.map(({ image, status }) => [image, status]),
      [
        ['zenmldocker/zenml-server:0.94.2', 'carried'],
        ['busybox', 'missing'],
      ],
    );
    assert.deepEqual(findings[0]?.where, [
      'values.yaml: server.image',
      'rendered: Deployment/zenml (templates/server-deployment.yaml)',
      'rendered: Job/zenml-db-migration (templates/server-db-job.yaml)',
    ]);
  });

  test('with Helm finds what only evaluation shows', { skip }, async () => {
    const bytes = await packFiles({
      'templates/a.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: {{ printf "acme/%s" "hidden" }}}]}\n',
    });
    assert.deepEqual((await examineChart(bytes, [])).images, []);
    assert.deepEqual(
      (await examineChart(bytes, [], { helm })).images.map(({ image, where, status }) => [image, where, status]),
      [['acme/hidden', ['rendered: Pod/a (templates/a.yaml)'], 'missing']],
    );
  });

  test('an image that the bundle has and no value points at needs a mirror; beside it, one that a value points at does not', async () => {
    const bytes = await packFiles({
      'values.yaml': 'image: {repository: busybox, tag: "1.36"}',
      'templates/a.yaml': 'spec: {containers: [{name: a, image: "busybox:1.36"}]}\n',
    });
    const carried: CarriedImage[] = [{ name: 'busybox', tag: '1.36', source: 'docker.io/library/busybox:1.36' }];
    const { images } = await examineChart(bytes, carried);
    assert.deepEqual(
      images.map(({ where, status, carriedAs, needsMirror }) => [where, status, carriedAs, needsMirror]),
      [
        [['values.yaml: image'], 'carried', 'busybox:1.36', undefined],
        [['templates/a.yaml:1'], 'carried', 'busybox:1.36', true],
      ],
    );
  });

  test('what helm renders at another place than ours needs a mirror, though a value seemed to decide', { skip }, async () => {
    const bytes = await packFiles({
      'values.yaml': 'image: {repository: busybox, tag: "1.36"}',
      'templates/a.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: {{ printf "busybox:%s" .Values.image.tag }}}]}\n',
    });
    const carried: CarriedImage[] = [{ name: 'busybox', tag: '1.36', source: 'docker.io/library/busybox:1.36' }];
    const { images } = await examineChart(bytes, carried, { helm });
    assert.deepEqual(
      images.map(({ where, needsMirror }) => [where, needsMirror]),
      [
        [['values.yaml: image'], undefined],
        [['rendered: Pod/a (templates/a.yaml)'], true],
      ],
    );
  });

  test('reads a foreign chart that helm cannot render, and says why; ZenML’s have to render', { skip }, async () => {
    const files = {
      'templates/a.yaml': '{{ required "password" .Values.password }}\nimage: acme/a\n',
      'values.yaml': 'zenml: {image: {repository: a}}',
    };
    const { chart, images } = await examineChart(await packFiles(files), [], { helm });
    assert.deepEqual(
      images.map(({ image }) => image),
      ['a:1.2.3', 'acme/a'],
    );
    assert.equal(chart.method, 'read');
    assert.match(chart.reason ?? '', /^helm template: .*password/);
    assert.doesNotMatch(chart.reason ?? '', /zenml-airgap-helm-/, 'a folder that has another name each time');
    await assert.rejects(examineChart(await packFiles(files, 'zenml'), [], { helm }), { code: 'HELM_FAILED' });
  });

  for (const folder of ['zenml-pro', 'zenml-0.93.2', 'zenml-0.94.2', 'zenml-0.94.4-both']) {
    test(`helm template of ${folder} with our values names internal images only, busybox aside`, { skip }, async () => {
      const bytes = await packChart(fixtureChart(folder));
      const options = { prefix: 'harbor.corp.example:5000/zenml', caSecret: 'internal-ca' };
      const { yaml } = installValues(await readChart(bytes), CARRIED, options);
      const images = (await renderImages(bytes, yaml, { helm: helm ?? '' })).map(({ image }) => image);
      const internal = images.filter((image) => image.startsWith(`${options.prefix}/zenml-pro-`));
      assert.deepEqual(
        new Set(images.filter((image) => !internal.includes(image))),
        new Set(folder === 'zenml-pro' ? [] : ['busybox']),
      );
      // The main container and the migration job, each with the container that installs the CA; the control plane: two of three.
      assert.equal(internal.length, folder === 'zenml-pro' ? 5 : 4);
    });
  }
});

suite('renderImages', () => {
  test('says what helm said, escaped', { skip }, async () => {
    const bytes = await packFiles({ 'templates/a.yaml': '{{ fail "a\\u001b[31mred" }}' });
    await assert.rejects(renderImages(bytes, '', { helm: helm ?? '' }), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'HELM_FAILED');
      assert.match(error.message, /red/);
      assert.ok(!error.message.includes('\u001b'));
      return true;
    });
  });

  test('reports a helm that cannot be started', async () => {
    await assert.rejects(renderImages(await packFiles({}), '', { helm: '/nonexistent/helm' }), { code: 'HELM_FAILED' });
  });

  test('stops when its signal says so', { skip }, async () => {
    const bytes = await packFiles({});
    await assert.rejects(renderImages(bytes, '', { helm: helm ?? '', signal: AbortSignal.abort() }), { code: 'ABORTED' });
  });
});
