import assert from 'node:assert/strict';
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MediaType } from 'oras-js';
import { fixtureChart, packChart } from '../../../../test/fixtures/pack-chart.ts';
import { records, runProgram } from '../fixtures/run-program.ts';
import { SampleSource } from '../fixtures/sample-source.ts';
import { writeSampleBundle } from '../fixtures/write-sample-bundle.ts';

async function chartSource(): Promise<SampleSource> {
  const source = new SampleSource();
  const layer = source.blob(await packChart(fixtureChart('zenml-0.93.2')), MediaType.helmChart);
  source.artifact(
    'chart',
    'charts/zenml',
    '0.93.2',
    source.image(source.blob('{"name":"zenml"}', MediaType.helmConfig), [layer]),
  );
  const server = source.image(source.blob('{}', MediaType.ociConfig), [source.blob('server')]);
  source.artifact('image', 'zenml-pro-server', '0.93.2', server);
  source.artifact('image', 'zenml', '0.93.2', source.image(source.blob('{ }', MediaType.ociConfig), [source.blob('client')]));
  return source;
}

test('values writes a file for the chart, pointed at the registry, and the steps; it refuses to overwrite them', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'values-'));
  const bundle = await writeSampleBundle(folder.path, await chartSource());
  const output = join(folder.path, 'deploy');
  const args = [
    'values',
    bundle.path,
    '--key',
    bundle.key,
    '--to',
    'harbor.example/zenml',
    '--ca-secret',
    'corp-ca',
    '-o',
    output,
  ];
  const ran = await runProgram(args, { home: folder.path });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual((await readdir(output)).sort(), ['INSTALL.md', 'zenml-0.93.2-values.yaml']);
  const values = await readFile(join(output, 'zenml-0.93.2-values.yaml'), 'utf8');
  assert.match(values, /harbor\.example\/zenml\/zenml-pro-server/);
  assert.match(values, /corp-ca/);
  assert.match(await readFile(join(output, 'INSTALL.md'), 'utf8'), /oci:\/\/harbor\.example\/zenml\/charts\/zenml/);
  assert.match(ran.stdout, /zenml-0\.93\.2-values\.yaml +REPLACE_ME_/);
  assert.match(ran.stdout, /^next {2}read .*INSTALL\.md/m);

  const again = await runProgram(args, { home: folder.path });
  assert.equal(again.code, 8);
  assert.match(again.stderr, /error OUTPUT_EXISTS: /);
  const replaced = await runProgram([...args, '--overwrite', '--json'], { home: folder.path });
  assert.equal(replaced.code, 0, replaced.stderr);
  assert.deepEqual(
    records(replaced).map(({ files }) => Array.isArray(files) && files.length),
    [2],
  );
});

test('values needs a destination: where the bundle names none, it says so', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'values-'));
  const bundle = await writeSampleBundle(folder.path, await chartSource());
  const ran = await runProgram(['values', bundle.path, '--key', bundle.key], { home: folder.path });
  assert.equal(ran.code, 2);
  assert.match(ran.stderr, /error USAGE: no destination/);
});

test('values takes no user name with a line break: it stands in commands to be pasted', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'values-'));
  const ran = await runProgram(['values', 'bundle.tar', '--username', 'x\ny'], { home: folder.path });
  assert.equal(ran.code, 2);
  assert.match(ran.stderr, /error USAGE: .*--username.*without control characters/s);
});
