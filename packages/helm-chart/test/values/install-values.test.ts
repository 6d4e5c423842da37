import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CarriedImage, installValues, readChart } from '@zenml-airgap/helm-chart';
import { parse } from 'yaml';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { packFiles } from '../pack-files.ts';

const PREFIX = 'harbor.corp.example:5000/zenml';
const server = (tag: string): CarriedImage => ({ name: 'zenml-pro-server', tag });

const WORKSPACE_ROOT = {
  analyticsOptIn: false,
  image: { repository: `${PREFIX}/zenml-pro-server`, tag: '0.93.2', pullPolicy: 'IfNotPresent' },
  serverURL: 'https://REPLACE_ME_WORKSPACE_HOST',
  database: {
    url: 'mysql://REPLACE_ME_WORKSPACE_DATABASE_USER@REPLACE_ME_WORKSPACE_DATABASE_HOST:3306/REPLACE_ME_WORKSPACE_DATABASE_NAME',
    passwordSecretRef: { name: 'zenml-workspace-database', key: 'password' },
  },
  secretsStore: { type: 'sql', sql: { encryptionKey: 'REPLACE_ME_SECRETS_STORE_ENCRYPTION_KEY' } },
  ingress: {
    enabled: true,
    className: 'nginx',
    annotations: {},
    host: 'REPLACE_ME_WORKSPACE_HOST',
    tls: { enabled: true, secretName: 'zenml-workspace-tls' },
  },
  certificates: { secretRefs: [{ name: 'internal-ca', key: 'ca.crt' }] },
  pro: {
    enabled: true,
    apiURL: 'https://REPLACE_ME_CONTROL_PLANE_HOST/api/v1',
    dashboardURL: 'https://REPLACE_ME_CONTROL_PLANE_HOST',
    organizationID: 'REPLACE_ME_ORGANIZATION_ID',
    organizationName: 'REPLACE_ME_ORGANIZATION_NAME',
    workspaceID: 'REPLACE_ME_WORKSPACE_ID',
    workspaceName: 'REPLACE_ME_WORKSPACE_NAME',
    enrollmentKey: 'REPLACE_ME_ENROLLMENT_KEY',
  },
};

suite('installValues', () => {
  test('writes a whole workspace file under the root that the chart reads', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-0.93.2')));
    const { values, yaml, placeholders } = installValues(chart, [server('0.93.2')], { prefix: PREFIX, caSecret: 'internal-ca' });
    const expected = {
      imagePullSecrets: [{ name: 'image-pull-secret' }],
      zenml: WORKSPACE_ROOT,
      resources: { requests: { cpu: '100m', memory: '450Mi' }, limits: { memory: '800Mi' } },
    };
    assert.deepEqual(values, expected);
    assert.deepEqual(parse(yaml), expected);
    assert.deepEqual(placeholders, [...new Set(yaml.match(/REPLACE_ME_\w+/g))].sort());
  });

  test('gives the enrolment key by secret where the chart takes one', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-0.94.2')));
    const { values } = installValues(chart, [server('0.94.2')], { prefix: PREFIX });
    const { server: root, ...rest } = values as { readonly server: Record<string, unknown> };
    const { enrollmentKey: _, ...pro } = WORKSPACE_ROOT.pro;
    const { certificates: __, ...expected } = WORKSPACE_ROOT;
    assert.deepEqual(root, {
      ...expected,
      image: { ...expected.image, tag: '0.94.2' },
      pro: { ...pro, enrollmentKeySecretRef: { name: 'zenml-workspace-enrollment', key: 'enrollment-key' } },
    });
    assert.deepEqual(Object.keys(rest), ['imagePullSecrets', 'resources']);
  });

  test('never writes both roots', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-0.94.4-both')));
    const { values } = installValues(chart, [server('0.94.4')], { prefix: PREFIX });
    assert.deepEqual(Object.keys(values), ['imagePullSecrets', 'zenml', 'resources']);
  });

  test('leaves a hybrid workspace with the control plane that its chart names', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-0.93.2')));
    const { yaml } = installValues(chart, [server('0.93.2')], { prefix: PREFIX, scenario: 'hybrid' });
    assert.match(yaml, /apiURL: https:\/\/cloudapi\.zenml\.io\n/);
    assert.doesNotMatch(yaml, /CONTROL_PLANE/);
  });

  test('writes a whole control plane file', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-pro')));
    const carried = [
      { name: 'zenml-pro-api', tag: '0.13.0' },
      { name: 'zenml-pro-dashboard', tag: '0.13.0' },
    ];
    const { yaml } = installValues(chart, carried, {
      prefix: PREFIX,
      pullSecret: 'pull',
      caSecret: { name: 'ca', key: 'tls.crt' },
    });
    assert.deepEqual(parse(yaml), {
      imagePullSecrets: [{ name: 'pull' }],
      zenml: {
        analyticsOptIn: false,
        image: {
          api: { repository: `${PREFIX}/zenml-pro-api`, tag: '0.13.0', pullPolicy: 'IfNotPresent' },
          dashboard: { repository: `${PREFIX}/zenml-pro-dashboard`, tag: '0.13.0', pullPolicy: 'IfNotPresent' },
        },
        serverURL: 'https://REPLACE_ME_CONTROL_PLANE_HOST',
        database: {
          external: {
            type: 'mysql',
            host: 'REPLACE_ME_CONTROL_PLANE_DATABASE_HOST',
            username: 'REPLACE_ME_CONTROL_PLANE_DATABASE_USER',
            password: 'REPLACE_ME_CONTROL_PLANE_DATABASE_PASSWORD',
            database: 'zenml_pro',
          },
        },
        auth: { password: { enabled: true } },
        ingress: {
          enabled: true,
          className: 'nginx',
          annotations: {},
          host: 'REPLACE_ME_CONTROL_PLANE_HOST',
          tls: { enabled: true, secretName: 'zenml-pro-tls' },
        },
        certificates: { secretRefs: [{ name: 'ca', key: 'tls.crt' }] },
      },
    });
  });

  test('leaves out of the control plane what its chart does not know', async () => {
    const values = 'zenml: {image: {api: {repository: x/zenml-pro-api}}}\n';
    const chart = await readChart(
      await packFiles({ 'Chart.yaml': 'name: zenml-pro\nversion: 0.13.0\n', 'values.yaml': values }, 'zenml-pro'),
    );
    const { yaml } = installValues(chart, [{ name: 'zenml-pro-api', tag: '0.13.0' }], { prefix: PREFIX });
    assert.doesNotMatch(yaml, /analyticsOptIn|pullPolicy|className|tls/);
    assert.match(yaml, /annotations: \{\}/);
  });

  test('overrides images alone in a chart that is not ZenML’s, each in the way that it is written', async () => {
    const chart = await readChart(
      await packFiles({
        'values.yaml': `
image: {registry: docker.io, repository: library/redis, tag: "7.10", pullPolicy: Always}
metrics: {image: quay.io/acme/exporter:1}
global: {imagePullSecrets: []}
other: {image: {repository: acme/left, tag: 1}}
`,
      }),
    );
    const carried: CarriedImage[] = [
      { name: 'redis', tag: '7.10', source: 'docker.io/library/redis:7.10' },
      { name: 'mirror/exporter', tag: '1', source: 'quay.io/acme/exporter:1' },
    ];
    const { values, yaml } = installValues(chart, carried, { prefix: PREFIX });
    const expected = {
      global: { imagePullSecrets: [{ name: 'image-pull-secret' }] },
      image: { registry: 'harbor.corp.example:5000', repository: 'zenml/redis', tag: '7.10', pullPolicy: 'IfNotPresent' },
      metrics: { image: `${PREFIX}/mirror/exporter:1` },
    };
    assert.deepEqual(values, expected);
    // A tag is text for YAML 1.1, which Helm reads, and for 1.2.
    assert.deepEqual(parse(yaml, { version: '1.1' }), expected);
    assert.deepEqual(parse(yaml), expected);
  });

  test('quotes what YAML 1.1 takes for something else than text', async () => {
    const chart = await readChart(await packFiles({ 'values.yaml': 'image: {repository: a, tag: on}\nimagePullSecrets: []\n' }));
    const { yaml } = installValues(chart, [{ name: 'a', tag: 'on' }], { prefix: PREFIX, pullSecret: '1_0' });
    const parsed = parse(yaml, { version: '1.1' }) as {
      readonly image: { readonly tag: unknown };
      readonly imagePullSecrets: unknown;
    };
    assert.equal(parsed.image.tag, 'on');
    assert.deepEqual(parsed.imagePullSecrets, [{ name: '1_0' }]);
  });

  test('refuses a ZenML chart whose images are where nobody knows them', async () => {
    const chart = await readChart(await packFiles({ 'Chart.yaml': 'name: zenml\nversion: 9.0.0\n' }, 'zenml'));
    assert.throws(() => installValues(chart, [], { prefix: PREFIX }), { code: 'INVALID_CHART' });
  });
});
