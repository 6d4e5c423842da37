import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseRequest } from '@zenml-airgap/bundle-spec/request';
import { requestTemplate } from '../../src/cli/request-template.ts';
import { bundlerRig } from '../fixtures/bundler-rig.ts';

const REQUEST = `versions: { controlPlane: 0.13.0, workspaceServer: 0.93.2 }
allowMissing: [{ image: busybox, reason: only helm test runs it }]
signing: { key: airgap.key }`;

test('init writes a request that parses, for every scenario and source, and overwrites nothing', async () => {
  for (const scenario of ['self-hosted', 'hybrid'] as const) {
    for (const source of ['gcp', 'aws'] as const) {
      const request = parseRequest(requestTemplate({ scenario, source }), { file: 'zenml-bundle.yaml' });
      assert.deepEqual([request.scenario, request.source, request.allowMissing?.[0]?.image], [scenario, source, 'busybox']);
    }
  }
  await using rig = await bundlerRig();
  const file = rig.path('zenml-bundle.yaml');
  assert.equal((await rig.run('init', '-f', file, '--scenario', 'hybrid')).code, 0);
  const before = await readFile(file, 'utf8');
  const again = await rig.run('init', '-f', file);
  assert.equal(again.code, 8);
  assert.equal(again.err, `error OUTPUT_EXISTS: ${file} exists already\nremedy: Edit it, or write another with -f.\n`);
  assert.equal(await readFile(file, 'utf8'), before);
});

test('keygen writes a key for its owner alone, and overwrites neither half', async () => {
  await using rig = await bundlerRig();
  const name = rig.path('airgap');
  const made = await rig.run('keygen', name, '--no-passphrase', '--json');
  assert.equal(made.code, 0, made.err);
  assert.match(String(made.records[0]?.keyHint), /^[A-Za-z0-9+/]{43}=$/);
  assert.equal((await stat(`${name}.key`)).mode & 0o777, 0o600);
  assert.match(await readFile(`${name}.pub`, 'utf8'), /^-----BEGIN PUBLIC KEY-----/);
  const again = await rig.run('keygen', name, '--no-passphrase');
  assert.equal(again.code, 8);
  assert.match(again.err, new RegExp(`^error OUTPUT_EXISTS: ${name}.key exists already\n`));
  await writeFile(rig.path('other.pub'), 'mine');
  assert.equal((await rig.run('keygen', rig.path('other'), '--no-passphrase')).code, 8);
  assert.deepEqual(await rig.left(), ['airgap.key', 'airgap.pub', 'other.pub']);
});

test('keygen without a terminal asks for the passphrase by name, and takes it from the environment', async () => {
  await using rig = await bundlerRig();
  const refused = await rig.run('keygen', rig.path('airgap'));
  assert.equal(refused.code, 2);
  assert.equal(
    refused.err,
    'error PASSPHRASE_REQUIRED: there is no terminal to ask for the new key’s passphrase\n' +
      'remedy: Set ZENML_BUNDLE_PASSPHRASE, or use --passphrase-fd; --no-passphrase makes a key for tests.\n',
  );
  assert.deepEqual(await rig.left(), []);
  const made = await rig.runWith({ env: { ZENML_BUNDLE_PASSPHRASE: 'correct horse' } }, 'keygen', rig.path('airgap'));
  assert.equal(made.code, 0, made.err);
  assert.match(await readFile(rig.path('airgap.key'), 'utf8'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
});

test('a passphrase comes from a file descriptor too, which has to be open and not empty', async () => {
  await using rig = await bundlerRig();
  await writeFile(rig.path('passphrase'), 'correct horse\n');
  await using file = await open(rig.path('passphrase'));
  const made = await rig.run('keygen', rig.path('airgap'), '--passphrase-fd', String(file.fd));
  assert.equal(made.code, 0, made.err);
  createPrivateKey({ key: await readFile(rig.path('airgap.key')), passphrase: 'correct horse' });
  const empty = await rig.run('keygen', rig.path('other'), '--passphrase-fd', String(file.fd));
  assert.match(empty.err, /^error PASSPHRASE_REQUIRED: file descriptor \d+ holds no passphrase\n/);
  assert.equal((await rig.run('keygen', rig.path('other'), '--passphrase-fd', '999')).code, 2);
  assert.equal((await rig.run('keygen', rig.path('other'), '--passphrase-fd', 'three')).code, 2);
});

test('versions lists both charts, newest first', async () => {
  await using rig = await bundlerRig();
  const result = await rig.run('versions', '-f', await rig.request(REQUEST));
  assert.equal(result.code, 0, result.err);
  assert.equal(result.out, 'CONTROL PLANE  WORKSPACE SERVER\n0.13.0         0.93.2\n0.12.9         0.93.1\n');
});

test('plan shows artifacts, shared bytes, totals and what charts name, writes the lock and fetches no layer', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(REQUEST);
  const before = rig.upstream.log.length;
  const result = await rig.run('plan', '-f', file, '--json');
  assert.equal(result.code, 0, result.err);
  const [plan] = result.records;
  const artifacts = plan?.artifacts as { name: string; bytes: number; sharedBytes: number; root: { digest: string } }[];
  assert.deepEqual(
    artifacts.map(({ name }) => name),
    ['zenml', 'zenml-pro-api', 'zenml-pro-dashboard', 'zenml-pro-server', 'charts/zenml', 'charts/zenml-pro'],
  );
  const images = artifacts.slice(0, 4);
  const shared = images[0]?.sharedBytes ?? 0;
  assert.ok(shared > 4096 && images.every(({ sharedBytes }) => sharedBytes === shared), 'the base layer is shared by all images');
  assert.equal(plan?.savedBytes, 3 * shared);
  assert.ok(Number(plan?.bundleBytes) > Number(plan?.blobBytes));
  const [missing] = (plan?.missing ?? []) as { image: string; reason: string; foundIn: string[] }[];
  assert.deepEqual([missing?.image, missing?.reason], ['busybox', 'only helm test runs it']);
  assert.match(missing?.foundIn.join() ?? '', /^charts\/zenml:0\.93\.2: templates\/tests\/test-connection\.yaml:\d+/);
  assert.deepEqual(await rig.left(), ['zenml-bundle.lock.json', 'zenml-bundle.yaml']);
  const blobs = rig.upstream.log.slice(before).filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
  const sizes = blobs.map(({ responseBytes }) => responseBytes);
  // Configs and charts; a layer of the images has more than 2 KiB that do not compress, and is not a chart.
  assert.equal(blobs.length, 4 + 2, `${sizes}`);

  const people = await rig.run('plan', '-f', file);
  assert.match(people.out, /^KIND {3}ARTIFACT +PLATFORMS +SIZE +SHARED +DIGEST\nimage {2}zenml:0\.93\.2 +linux\/amd64 +/);
  assert.match(
    people.out,
    /\nCompatibility {2}control plane 0\.13\.0 \(2026-01-30\) with workspace server 0\.93\.2 \(2026-01-29\): compatible\n/,
  );
  assert.match(
    people.out,
    /\nbusybox +charts\/zenml:0\.93\.2 +no: only helm test runs it +templates\/tests\/test-connection\.yaml:\d+/,
  );
});

test('a missing image stops resolve, plan and build, with where it was found', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request('versions: { controlPlane: 0.13.0, workspaceServer: 0.93.2 }');
  for (const argv of [['resolve'], ['plan'], ['build', '--insecure-unsigned', '-o', rig.path('x.tar')]]) {
    const result = await rig.run(...argv, '-f', file);
    assert.match(
      result.err,
      /error MISSING_IMAGES: charts would run images that the bundle lacks:\n {2}busybox \(charts\/zenml:0\.93\.2: templates\/tests\/test-connection\.yaml:\d+.*\)\nremedy: /,
    );
    assert.notEqual(result.code, 0);
    assert.deepEqual(await rig.left(), ['zenml-bundle.lock.json', 'zenml-bundle.yaml']);
  }
});

test('a misspelt mirror and an allowance that no chart needs are warned of', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(
    `${REQUEST}\nimages: []`.replace('[{ image: busybox', '[{ image: busybux, reason: a }, { image: busybox'),
  );
  await writeFile(file, `${await readFile(file, 'utf8')}  docker.oi: a.example\n`);
  const result = await rig.run('resolve', '-f', file);
  assert.equal(result.code, 0, result.err);
  assert.match(result.err, /warning: mirrors: nothing comes from docker\.oi; is it misspelt\?\n/);
  assert.match(result.err, /warning: allowMissing: no chart names busybux\n/);
});

test('an unknown command, option or request is usage or configuration, and helps', async () => {
  await using rig = await bundlerRig();
  assert.equal((await rig.run('biuld')).code, 2);
  assert.equal((await rig.run('plan', '--update', '--locked')).code, 2);
  const missing = await rig.run('plan', '-f', rig.path('none.yaml'));
  assert.equal(missing.code, 3);
  assert.equal(
    missing.err,
    `error FILE_NOT_FOUND: ${rig.path('none.yaml')} does not exist\nremedy: zenml-bundler init writes one; -f names another.\n`,
  );
  const help = await rig.run('build', '--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /Examples:\n {2}\$ zenml-bundler build\n/);
});

test('what cannot be a file’s name is usage, whoever takes it', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(REQUEST);
  const before = rig.upstream.log.length;
  for (const argv of [
    ...[
      ['build', '-f', file, '-o', ''],
      ['build', '-f', file, '-o', `${rig.folder}/none/`],
      ['build', '-f', file, '--key', ''],
    ],
    ...[
      ['plan', '-f', ''],
      ['resolve', '-f', '.'],
      ['versions', '-f', ''],
      ['init', '-f', ''],
    ],
    ...['', '.', '..', '/', `${rig.folder}/`, `${rig.folder}/.`].map((name) => ['keygen', '--no-passphrase', name]),
  ]) {
    const { code, err } = await rig.run(...argv);
    assert.match(err, /^error USAGE: .* is invalid.*\. It has to name a file\.\n/, argv.join(' '));
    assert.equal(code, 2);
  }
  assert.equal(rig.upstream.log.length, before);
  assert.deepEqual(await rig.left(), ['zenml-bundle.yaml']);
});

test('init names the file that it wrote in what to type next', async () => {
  await using rig = await bundlerRig();
  const plain = await rig.run('init', '-f', rig.path('h.yaml'));
  assert.ok(plain.out.includes(`\n  zenml-bundler plan -f ${rig.path('h.yaml')} `), plain.out);
  assert.ok(plain.out.includes(`\n  zenml-bundler versions -f ${rig.path('h.yaml')}   what is published\n`), plain.out);
  const spaced = await rig.run('init', '-f', rig.path('my h.yaml'));
  assert.ok(spaced.out.includes(`\n  zenml-bundler plan -f '${rig.path('my h.yaml')}' `), spaced.out);
});

test('a request that is not UTF-8 is told as such', async () => {
  await using rig = await bundlerRig();
  const file = rig.path('latin.yaml');
  await writeFile(file, Buffer.from('# Schl\u00fcssel\nversions: {}\n', 'latin1'));
  const { code, err } = await rig.run('plan', '-f', file);
  assert.equal(code, 3);
  assert.match(err, /^error INVALID_YAML: .*latin\.yaml is not text in UTF-8\nremedy: Save it as UTF-8/);
});

test('a reason of two lines is refused before any registry is asked', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(REQUEST.replace('only helm test runs it', '"two\\nlines"'));
  const before = rig.upstream.log.length;
  const { code, err } = await rig.run('plan', '-f', file);
  assert.equal(code, 3);
  assert.match(err, /^error INVALID_REQUEST: .*\n {2}.*:2:42: allowMissing\[0\]\.reason: must be one line/);
  assert.equal(rig.upstream.log.length, before);
});
