import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readChart } from '@zenml-airgap/helm-chart';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { findImages } from '../../src/images/find-images.ts';
import { packFiles } from '../pack-files.ts';

async function found(files: Readonly<Record<string, string | Uint8Array>>): Promise<string[]> {
  return findImages(await readChart(await packFiles(files))).map(({ image, where }) => `${image} @ ${where}`);
}

suite('findImages', () => {
  test('finds the server image by values and the test pod’s busybox by file and line', async () => {
    const images = findImages(await readChart(await packChart(fixtureChart('zenml-0.93.2'))));
    assert.deepEqual(
      images.map(({ image, where }) => [image, where]),
      [
        ['zenmldocker/zenml-server:0.93.2', 'values.yaml: zenml.image'],
        ['busybox', 'templates/tests/test-connection.yaml:12'],
      ],
    );
    assert.equal(images[1]?.slots, undefined);
  });

  test('finds every way in which values name an image', async () => {
    const images = await found({
      'values.yaml': `
a: {image: {repository: acme/a, tag: 1.10}}
b: {image: {registry: quay.io, repository: acme/b, tag: "2"}}
c: {image: {repository: acme/c, digest: "sha256:${'0'.repeat(64)}"}}
d: {image: acme/d:4}
e: {runnerImage: acme/e, executor_image: acme/f}
f: {image: {name: acme/g, tag: 7}}
g: {image: acme/h, tag: 8}
h: [{image: acme/i:9}]
i: {image: {repository: acme/j:10}}
`,
    });
    assert.deepEqual(images, [
      'acme/a:1.1 @ values.yaml: a.image',
      'quay.io/acme/b:2 @ values.yaml: b.image',
      `acme/c@sha256:${'0'.repeat(64)} @ values.yaml: c.image`,
      'acme/d:4 @ values.yaml: d.image',
      'acme/e @ values.yaml: e.runnerImage',
      'acme/f @ values.yaml: e.executor_image',
      'acme/g:7 @ values.yaml: f.image',
      'acme/h:8 @ values.yaml: g',
      'acme/i:9 @ values.yaml: h.0.image',
      'acme/j:10 @ values.yaml: i.image',
    ]);
  });

  test('takes no URL, prose or empty text for an image', async () => {
    assert.deepEqual(
      await found({ 'values.yaml': 'a: {image: "https://x/y.png"}\nb: {image: ""}\nc: {image: not an image}\n' }),
      [],
    );
  });

  test('finds literal images in every template, whatever its kind', async () => {
    const images = await found({
      'templates/a.yaml': 'x:\n  - image: acme/a:1 # why\n  - name: y\n    image: "acme/b:2"\n',
      'templates/hooks/b.yaml': "  'image': 'acme/c'\n",
      'templates/_c.tpl': '{{- define "x" }}\n- { name: x, image: acme/d:4, args: [] }\n{{ end }}',
      'templates/NOTES.txt': 'image: acme/prose\n',
    });
    assert.deepEqual(images, [
      'acme/d:4 @ templates/_c.tpl:2',
      'acme/a:1 @ templates/a.yaml:2',
      'acme/b:2 @ templates/a.yaml:4',
      'acme/c @ templates/hooks/b.yaml:1',
    ]);
  });

  test('passes over comments and what only Helm can evaluate', async () => {
    const template = '# image: acme/a\n{{/*\nimage: acme/b\n*/}}\nimage:\nimage: {{ include "x" . }}\nimage: &anchor\nimage: |\n';
    assert.deepEqual(await found({ 'templates/a.yaml': template }), []);
  });

  test('looks up expressions that are nothing but values', async () => {
    const images = await found({
      'values.yaml': 'job: {repo: acme/job, version: 3}\nplain: acme/plain:1\n',
      'templates/a.yaml': [
        'image: "{{ .Values.job.repo }}:{{ .Values.job.version | default "x" }}"',
        'image: {{ .Values.plain | quote }}',
        'image: "acme/fixed:{{ .Chart.Version }}"',
        'image: acme/partly:{{ include "tag" . }}',
        'image: {{ .Values.missing }}',
      ].join('\n'),
    });
    assert.deepEqual(images, [
      'acme/job:3 @ templates/a.yaml:1',
      'acme/plain:1 @ templates/a.yaml:2',
      'acme/fixed:1.2.3 @ templates/a.yaml:3',
      'acme/partly @ templates/a.yaml:4',
    ]);
  });

  test('reports what a template only repeats from values once', async () => {
    const images = await found({
      'values.yaml': 'image: {registry: quay.io, repository: acme/a, tag: 1}\n',
      'templates/a.yaml': 'image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
    });
    assert.deepEqual(images, ['quay.io/acme/a:1 @ values.yaml: image']);
  });

  test('looks into sub-charts, under their aliases and with their parent’s values', async () => {
    const redis = await packFiles(
      { 'values.yaml': 'image: {repository: redis, tag: 7}\n', 'templates/p.yaml': 'image: probe' },
      'redis',
    );
    const images = await found({
      'Chart.yaml': 'name: sample\nversion: 1.0.0\ndependencies: [{name: redis, alias: cache}, {name: redis, alias: queue}]\n',
      'values.yaml': 'queue: {image: {tag: 8}}\n',
      'charts/redis-1.2.3.tgz': redis,
    });
    assert.deepEqual(images, [
      'redis:7 @ values.yaml: cache.image',
      'probe @ charts/redis-1.2.3.tgz/templates/p.yaml:1',
      'redis:8 @ values.yaml: queue.image',
      'probe @ charts/redis-1.2.3.tgz/templates/p.yaml:1',
    ]);
  });

  test('takes no longer over templates made to take long', async () => {
    const started = performance.now();
    const lines = [
      `image: "${'{{}}'.repeat(400)}`,
      `image: {{ .Values.x ${'| default a|quote|trim '.repeat(80)} ! }}`,
      `{ image: ${'{{'.repeat(900)}`,
      `image:${' '.repeat(2000)}x${' '.repeat(2000)}y`,
    ];
    await found({ 'templates/a.yaml': lines.join('\n').repeat(20), 'templates/b.yaml': '{{/*'.repeat(100_000) });
    assert.ok(performance.now() - started < 2000);
  });
});
