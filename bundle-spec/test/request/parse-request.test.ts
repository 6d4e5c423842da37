import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '@zenml-airgap/bundle-spec/request';
import fc from 'fast-check';
import { thrownBy } from '../fixtures/thrown-by.ts';

const file = 'zenml-bundle.yaml';
const parse = (text: string) => parseRequest(text, { file });

const WHOLE = `\
scenario: self-hosted
source: gcp
versions:
  controlPlane: ">=0.13 <0.14"
  workspaceServer: [0.93.2, 0.94]
client: { python: [3.10, 3.11] }
charts: [zenml-pro, zenml, "oci://ghcr.io/acme/charts/extra:1.2.3+build.4"]
images:
  - docker.io/library/busybox:1.36
  - { image: ghcr.io/acme/tool:2, name: acme-tool }
allowMissing:
  - { image: busybox, reason: helm test is not run }
registry:
  - harbor.corp.example/zenml
  - { images: art.corp.example/zenml-docker, charts: art.corp.example/zenml-helm }
mirrors: { europe-west3-docker.pkg.dev: "127.0.0.1:5000/gar" }
signing: { key: airgap.key }
`;

test('reads a whole request, scalars as text: 0.94 is no number, 3.10 not 3.1', () => {
  const request = parse(WHOLE);
  assert.deepEqual(request.versions, { controlPlane: '>=0.13 <0.14', workspaceServer: ['0.93.2', '0.94'] });
  assert.deepEqual(request.client, { python: ['3.10', '3.11'] });
  assert.deepEqual(request.mirrors, { 'europe-west3-docker.pkg.dev': '127.0.0.1:5000/gar' });
});

test('adds nothing that was not written', () => {
  assert.deepEqual(parse('versions: { controlPlane: latest, workspaceServer: 0.93.2 }'), {
    versions: { controlPlane: 'latest', workspaceServer: '0.93.2' },
  });
});

const MINIMAL = 'versions:\n  controlPlane: 0.13.0\n  workspaceServer: 0.93.2\n';

/** Request text, code, and each problem as it is told. */
const REFUSED: [string, string, string, string[]][] = [
  [
    'an unknown key, with the one that was meant',
    `${MINIMAL}plattforms: [linux/amd64]\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:1: unknown key "plattforms"; did you mean platforms?'],
  ],
  [
    'a key in another spelling, once and not also as missing',
    'versions:\n  control-plane: 0.13.0\n  workspace_server: 0.93.2\n',
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:2:3: unknown key "control-plane"; did you mean controlPlane?',
      'zenml-bundle.yaml:3:3: unknown key "workspace_server"; did you mean workspaceServer?',
    ],
  ],
  [
    'an unknown key near to none, with those that are known there',
    `${MINIMAL}signing: { passphrase: hunter2, key: k }\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:12: unknown key "passphrase"; known here: key'],
  ],
  [
    'a key of Object’s prototype',
    `${MINIMAL}__proto__: { scenario: hybrid }\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:1: unknown key "__proto__"; known here: scenario, source, versions, client, platforms, referrers, charts, images, allowMissing, registry, mirrors, signing',
    ],
  ],
  [
    'a missing key, at what should hold it',
    'versions:\n  controlPlane: 0.13.0\n',
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:2:3: versions.workspaceServer: is missing'],
  ],
  [
    'an empty value',
    'versions:\n  workspaceServer:\n',
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:2:19: versions.workspaceServer: must not be empty'],
  ],
  ['a list for a mapping', 'versions: [1]\n', 'INVALID_REQUEST', ['zenml-bundle.yaml:1:11: versions: must be a mapping']],
  ['text for a list', `${MINIMAL}charts: zenml\n`, 'INVALID_REQUEST', ['zenml-bundle.yaml:4:9: charts: must be a list']],
  [
    'a mapping for text',
    `${MINIMAL}source: { a: b }\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:9: source: must be gcp or aws'],
  ],
  ['an unknown source', `${MINIMAL}source: azure\n`, 'INVALID_REQUEST', ['zenml-bundle.yaml:4:9: source: must be gcp or aws']],
  ['nothing', '', 'INVALID_REQUEST', ['zenml-bundle.yaml:1:1: the request must be a mapping']],
  ['a list', '- a\n', 'INVALID_REQUEST', ['zenml-bundle.yaml:1:1: the request must be a mapping']],
  [
    'several problems, in the order of the file',
    'scenario: hosted\nversions:\n  workspaceServer: []\nimages: [{ image: a }]\n',
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:1:11: scenario: must be self-hosted or hybrid',
      'zenml-bundle.yaml:3:20: versions.workspaceServer: must not be empty',
      'zenml-bundle.yaml:4:10: images[0].name: is missing',
    ],
  ],
  [
    'a list for text, once and not also as empty',
    'versions: { controlPlane: [], workspaceServer: 0.93.2 }\n',
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:1:27: versions.controlPlane: must be text'],
  ],
  [
    'what the bundle manifest would refuse after all is fetched: lines and what lies on a terminal',
    `${MINIMAL}allowMissing: [{ image: a, reason: "b\\nc" }, { image: "a\\u202eb", reason: d }]\nimages: ["a\\e[2J:1"]\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:36: allowMissing[0].reason: must be one line without control characters',
      'zenml-bundle.yaml:4:55: allowMissing[1].image: must be one line without control characters',
      'zenml-bundle.yaml:5:10: images[0]: must be one line without control characters',
    ],
  ],
  // contradictions
  [
    'the self-hosted scenario without a control plane',
    'versions: { workspaceServer: 0.93.2 }\n',
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:1:11: versions: versions.controlPlane is missing; only scenario: hybrid goes without'],
  ],
  [
    'the hybrid scenario with a control plane',
    `scenario: hybrid\n${MINIMAL}`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:3:17: versions.controlPlane: ZenML runs the control plane in the hybrid scenario: leave it out'],
  ],
  [
    'what is no version',
    'versions: { controlPlane: newest, workspaceServer: [0.93.2, v.1, 0.93.2] }\n',
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:1:27: versions.controlPlane: "newest" is neither a version (0.13.0), nor a range (">=0.13 <0.14"), nor latest',
      'zenml-bundle.yaml:1:61: versions.workspaceServer[1]: "v.1" is neither a version (0.13.0), nor a range (">=0.13 <0.14"), nor latest',
      'zenml-bundle.yaml:1:66: versions.workspaceServer[2]: "0.93.2" is named twice',
    ],
  ],
  [
    'a chart that is none of ZenML’s',
    `${MINIMAL}charts: [zenml-por, zenml, zenml, oci://ghcr.io/acme/x, foo]\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:10: charts[0]: "zenml-por" is no chart of ZenML; did you mean zenml-pro? Others are written oci://HOST/PATH:VERSION',
      'zenml-bundle.yaml:4:28: charts[2]: "zenml" is named twice',
      'zenml-bundle.yaml:4:35: charts[3]: a chart needs its version: "oci://ghcr.io/acme/x:VERSION"',
      'zenml-bundle.yaml:4:57: charts[4]: "foo" is no chart of ZenML. Others are written oci://HOST/PATH:VERSION',
    ],
  ],
  [
    'the chart of the control plane in the hybrid scenario',
    'scenario: hybrid\nversions: { workspaceServer: 0.93.2 }\ncharts: [zenml-pro]\n',
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:3:10: charts[0]: the chart zenml-pro belongs to the self-hosted scenario'],
  ],
  [
    'an image by digest alone',
    `${MINIMAL}images: ["a.example/b@sha256:${'0'.repeat(64)}"]\n`,
    'INVALID_REQUEST',
    [
      `zenml-bundle.yaml:4:10: images[0]: "a.example/b@sha256:${'0'.repeat(64)}" needs a tag beside its digest: that is its name inside`,
    ],
  ],
  [
    'an image twice under one name',
    `${MINIMAL}images: [a.example/b:1, { image: "a.example/b:1", name: c }, { image: "a.example/b:1", name: c }]\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:62: images[2]: "a.example/b:1 as c" is named twice'],
  ],
  [
    'a registry with a scheme',
    `${MINIMAL}registry: https://harbor.corp.example/zenml\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:11: registry: "https://harbor.corp.example/zenml" must have no scheme: leave out "https://"'],
  ],
  [
    'charts and images in one place, where one would overwrite the other',
    `${MINIMAL}registry: [{ images: a.example/z, charts: a.example/z }]\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:12: registry[0]: charts need another place than images: the chart zenml and the image zenml have the same name and version',
    ],
  ],
  [
    'registries that the loader’s --to would refuse',
    `${MINIMAL}registry:\n  - harbor\n  - ../x\n  - x.y:99999/z\n  - "[::1]:5000/a"\n  - "u:secret@h.x/y"\n  - localhost\n  - x.y:/z\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:5:5: registry[0]: "harbor" does not begin with a host (a name with a dot, a port, or localhost)',
      'zenml-bundle.yaml:6:5: registry[1]: "../x" must be HOST[:PORT]/PATH, the path in lower case, no slash at the end',
      'zenml-bundle.yaml:7:5: registry[2]: "x.y:99999/z" has the port 99999: ports go from 1 to 65535',
      'zenml-bundle.yaml:9:5: registry[4]: must have no @: credentials and digests do not belong there',
      'zenml-bundle.yaml:11:5: registry[6]: "x.y:/z" must be HOST[:PORT]/PATH, the path in lower case, no slash at the end',
    ],
  ],
  [
    'an image whose name the bundle manifest has no room for, unless it is given another',
    `${MINIMAL}images: ["a.example/${'x'.repeat(201)}:1", { image: "a.example/${'x'.repeat(201)}:2", name: x }]\n`,
    'INVALID_REQUEST',
    [`zenml-bundle.yaml:4:10: images[0]: "a.example/${'x'.repeat(201)}:1" is longer than what a bundle can name`],
  ],
  [
    'an address without a colon',
    `${MINIMAL}registry: "[a]"\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:11: registry: "[a]" must be HOST[:PORT]/PATH, the path in lower case, no slash at the end'],
  ],
  [
    'a mirror with a port that there is not',
    `${MINIMAL}mirrors: { docker.io: "a.example:0/hub" }\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:23: mirrors.docker.io: "a.example:0/hub" has the port 0: ports go from 1 to 65535'],
  ],
  [
    'a mirror with a slash at its end',
    `${MINIMAL}mirrors: { docker.io: mirror.example/hub/ }\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:23: mirrors.docker.io: "mirror.example/hub/" must be HOST[:PORT]/PATH, the path in lower case, no slash at the end',
    ],
  ],
  [
    'a reason missing, and given for one image twice',
    `${MINIMAL}allowMissing: [{ image: a, reason: b }, { image: a, reason: c }]\n`,
    'INVALID_REQUEST',
    ['zenml-bundle.yaml:4:41: allowMissing[1]: "a" is named twice'],
  ],
  // what later versions will do
  [
    'platforms that are none, and one twice',
    `${MINIMAL}platforms: [linux, linux/amd64, linux/amd64]\n`,
    'INVALID_REQUEST',
    [
      'zenml-bundle.yaml:4:13: platforms[0]: "linux" is no platform: OS/ARCHITECTURE[/VARIANT], such as linux/amd64',
      'zenml-bundle.yaml:4:33: platforms[2]: "linux/amd64" is named twice',
    ],
  ],
  [
    'referrers',
    `${MINIMAL}referrers: all\n`,
    'UNSUPPORTED',
    ['zenml-bundle.yaml:4:12: referrers: are not carried yet: leave the key out'],
  ],
  [
    'images of a Docker daemon',
    `${MINIMAL}images: ["docker-daemon:a:1", { image: "oci:/tmp/x", name: y }]\n`,
    'UNSUPPORTED',
    [
      'zenml-bundle.yaml:4:10: images[0]: images come from registries only as yet, not from "docker-daemon:a:1"',
      'zenml-bundle.yaml:4:31: images[1]: images come from registries only as yet, not from "oci:/tmp/x"',
    ],
  ],
  // YAML
  [
    'aliases',
    'a: &x 1\nb: *x\n',
    'INVALID_YAML',
    [
      'zenml-bundle.yaml:1:7: anchors are not supported: write the value out',
      'zenml-bundle.yaml:2:4: aliases are not supported: write the value out',
    ],
  ],
  ['tags', 'a: !!binary aGk=\n', 'INVALID_YAML', ['zenml-bundle.yaml:1:13: tags are not supported: everything is text']],
  ['a key twice', `${MINIMAL}versions: {}\n`, 'INVALID_YAML', ['zenml-bundle.yaml:4:1: this key is there already']],
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    'INVALID_YAML',
    ['zenml-bundle.yaml:2:1: a second document begins here: a file is one request'],
  ],
  ['a key that is no text', '? [a]\n: b\n', 'INVALID_YAML', ['zenml-bundle.yaml:1:3: a key must be text']],
];

for (const [what, text, code, problems] of REFUSED) {
  test(`refuses ${what}`, () => {
    const error = thrownBy(() => parse(text));
    assert.equal(error.code, code);
    assert.deepEqual(error.problems, problems);
  });
}

test('refuses broken YAML with its line and column', () => {
  const error = thrownBy(() => parse(`${MINIMAL}charts: [zenml\nimages: []\n`));
  assert.equal(error.code, 'INVALID_YAML');
  assert.match(error.problems[0] ?? '', /^zenml-bundle\.yaml:5:1: /);
});

test('a merge is only a key that nobody knows', () => {
  assert.match(thrownBy(() => parse(`${MINIMAL}<<: { scenario: hybrid }\n`)).problems[0] ?? '', /4:1: unknown key "<<"/);
});

test('refuses a file that nobody wrote by hand', () => {
  assert.equal(thrownBy(() => parse(`#${' '.repeat(1024 * 1024)}`)).code, 'INVALID_REQUEST');
  for (const depth of [200, 3_000, 20_000]) {
    for (const text of [
      '['.repeat(depth),
      `a: ${'['.repeat(depth)}${']'.repeat(depth)}`,
      '- '.repeat(depth),
      '{a: '.repeat(depth),
    ]) {
      const { code, message } = thrownBy(() => parse(text));
      assert.equal(code, 'INVALID_YAML');
      assert.match(message, /nested (?:too deeply|more than 100 deep)/);
      assert.doesNotMatch(message, /stack|regular expression/i);
    }
  }
});

test('hostile text comes back escaped', () => {
  const { message } = thrownBy(() => parse(`${MINIMAL}"x\\e[2J\\u202e": 1\n`));
  assert.ok(!message.includes('\u001b') && !message.includes('\u202e'));
  assert.match(message, /unknown key "x\\u001b\[2J\\u202e"/);
});

test('whatever text comes, the answer is a request or an AirgapError', () => {
  const tokens = fc.constantFrom(
    'versions:',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ',',
    ': ',
    '0.13',
    'controlPlane',
    'workspaceServer',
    'images',
    '&a',
    '*a',
    '!!x',
    '"',
    "'",
    '|',
    '#',
    '?',
    '---',
    '\t',
    'registry',
    'charts',
  );
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(tokens, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        parse(text);
      } catch {
        thrownBy(() => parse(text));
      }
    }),
    { numRuns: 500 },
  );
});

test('whatever JSON comes as YAML, the answer is a request or an AirgapError', () => {
  const value = fc.record(
    {
      versions: fc.oneof(
        fc.jsonValue(),
        fc.record({ controlPlane: fc.string(), workspaceServer: fc.oneof(fc.string(), fc.array(fc.string())) }),
      ),
      images: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
      charts: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
      registry: fc.oneof(fc.jsonValue(), fc.string()),
      mirrors: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.string())),
    },
    { requiredKeys: ['versions'] },
  );
  fc.assert(
    fc.property(value, (request) => {
      const text = JSON.stringify(request);
      try {
        parse(text);
      } catch {
        thrownBy(() => parse(text));
      }
    }),
    { numRuns: 300 },
  );
});
