import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readChart } from '@zenml-airgap/helm-chart';
import { contentOf } from 'oras-js';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { type PackedEntry, packEntries, packFiles } from '../pack-files.ts';

const CHART_YAML: PackedEntry = { name: 'sample/Chart.yaml', content: 'name: sample\nversion: 1.2.3\n' };

suite('readChart', () => {
  test('reads a chart with its templates, hooks and tests', async () => {
    const chart = await readChart(await packChart(fixtureChart('zenml-0.93.2')));
    assert.equal(chart.name, 'zenml');
    assert.equal(chart.version, '0.93.2');
    assert.equal(chart.appVersion, undefined);
    assert.ok(chart.templates.has('templates/tests/test-connection.yaml'));
    assert.ok(chart.templates.has('templates/server-db-job.yaml'));
    assert.match(chart.valuesText, /zenmldocker\/zenml-server/);
  });

  test('reads content as Targets give it', async () => {
    const bytes = await packChart(fixtureChart('zenml-pro'));
    assert.equal((await readChart(contentOf(bytes))).name, 'zenml-pro');
  });

  test('takes a version that looks like a number as text', async () => {
    const chart = await readChart(await packFiles({ 'Chart.yaml': 'name: sample\nversion: 0.10\nappVersion: 1.0\n' }));
    assert.deepEqual([chart.version, chart.appVersion], ['0.10', '1.0']);
  });

  test('reads sub-charts, unpacked and packed', async () => {
    const redis = await packFiles({ 'templates/pod.yaml': 'image: redis' }, 'redis');
    const chart = await readChart(
      await packFiles({
        'charts/redis-1.2.3.tgz': redis,
        'charts/mysql/Chart.yaml': 'name: mysql\nversion: 8.0.0\n',
        'charts/mysql/templates/pod.yaml': 'image: mysql',
        'charts/_ignored/x.yaml': 'x',
      }),
    );
    assert.deepEqual(
      chart.subcharts.map(({ path, chart: { name, templates } }) => [path, name, [...templates.keys()]]),
      [
        ['charts/mysql', 'mysql', ['templates/pod.yaml']],
        ['charts/redis-1.2.3.tgz', 'redis', ['templates/pod.yaml']],
      ],
    );
  });

  test('stops when its signal says so', async () => {
    const bytes = await packFiles({});
    await assert.rejects(readChart(bytes, { signal: AbortSignal.abort() }), { code: 'ABORTED' });
  });

  const HOSTILE_ENTRIES: Record<string, readonly PackedEntry[]> = {
    'a path that leaves the chart': [CHART_YAML, { name: 'sample/../../etc/cron.d/x' }],
    'an absolute path': [CHART_YAML, { name: '/etc/passwd' }],
    'a path of Windows': [CHART_YAML, { name: 'sample\\..\\x' }],
    'a drive letter': [CHART_YAML, { name: 'c:/x' }],
    'a symbolic link': [CHART_YAML, { name: 'sample/x', header: { type: 'symlink', linkname: '/etc/passwd' } }],
    'a hard link': [CHART_YAML, { name: 'sample/x', header: { type: 'link', linkname: 'sample/Chart.yaml' } }],
    'a device': [CHART_YAML, { name: 'sample/x', header: { type: 'character-device' } }],
    'a file that is there twice': [CHART_YAML, { name: 'sample/values.yaml', content: 'a: 1' }, { name: 'sample/values.yaml' }],
    'a second folder': [CHART_YAML, { name: 'other/values.yaml' }],
    'a file beside the folder': [CHART_YAML, { name: 'values.yaml' }],
    'no Chart.yaml': [{ name: 'sample/values.yaml' }],
    'a file above the limit': [CHART_YAML, { name: 'sample/big', content: new Uint8Array(5 * 1024 * 1024 + 1) }],
    'too many entries': [CHART_YAML, ...Array.from({ length: 10_000 }, (_, index) => ({ name: `sample/files/${index}` }))],
  };
  for (const [what, entries] of Object.entries(HOSTILE_ENTRIES)) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(readChart(await packEntries(entries)), { code: 'INVALID_CHART' });
    });
  }

  const HOSTILE_FILES: Record<string, Readonly<Record<string, string>>> = {
    'a name that is a path': { 'Chart.yaml': 'name: ../x\nversion: 1.0.0\n' },
    'a version that is an option': { 'Chart.yaml': 'name: sample\nversion: --post-renderer=sh\n' },
    'values that are a list': { 'values.yaml': '- a\n' },
    'values that are no YAML': { 'values.yaml': 'a: [\n' },
    'aliases that expand to billions': { 'values.yaml': aliasBomb() },
    'an anchor that contains itself': { 'values.yaml': 'a: &a\n  b: *a\n' },
    'values nested without end': { 'values.yaml': `a: ${'['.repeat(5000)}${']'.repeat(5000)}\n` },
    'more YAML than the limit': { 'values.yaml': `a: ${'x'.repeat(1024 * 1024)}\n` },
  };
  for (const [what, files] of Object.entries(HOSTILE_FILES)) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(readChart(await packFiles(files)), { code: 'INVALID_CHART' });
    });
  }

  test('refuses what is no gzip, ends too early, or is no tar', async () => {
    const bytes = await packFiles({});
    for (const wrong of [Buffer.from('chart'), bytes.subarray(0, -20), gzipSync(Buffer.from('x'.repeat(2000)))]) {
      await assert.rejects(readChart(wrong), { code: 'INVALID_CHART' });
    }
  });

  test('refuses an archive that unpacks beyond the limit, in a packed sub-chart too', async () => {
    const bomb = gzipSync(new Uint8Array(101 * 1024 * 1024), { level: 1 });
    await assert.rejects(readChart(bomb), { code: 'INVALID_CHART' });
    await assert.rejects(readChart(await packFiles({ 'charts/bomb.tgz': bomb })), { code: 'INVALID_CHART' });
  });

  test('refuses charts nested without end', async () => {
    let bytes = await packFiles({});
    for (let depth = 0; depth < 7; depth++) bytes = await packFiles({ 'charts/inner.tgz': bytes });
    await assert.rejects(readChart(bytes), { code: 'INVALID_CHART' });
  });

  test('escapes what it quotes from a chart', async () => {
    const bytes = await packEntries([CHART_YAML, { name: 'sample/\u001b[2J' }]);
    await assert.rejects(readChart(bytes), (error: Error) => !error.message.includes('\u001b'));
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const before = level === 0 ? '"lol"' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(before).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
