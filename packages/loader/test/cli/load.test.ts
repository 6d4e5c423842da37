import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { AirgapError, parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { ReceiptFile } from '../../src/confirm/receipt-file.ts';
import { registryRig } from '../fixtures/registry-rig.ts';
import { records } from '../fixtures/run-program.ts';

test('load --receipt in a folder that is not there ends before the registry is asked, and makes no folder', async () => {
  await using rig = await registryRig();
  const ran = await rig.load(['--receipt', `${rig.home}/slip/r.jsonl`]);
  assert.equal(ran.code, 3);
  assert.match(ran.stderr, /error FILE_NOT_FOUND: there is no folder .*\/slip for the receipt\nremedy: Make it first/);
  assert.equal(rig.log.length, 0);
  assert.ok(!(await readdir(rig.home)).includes('slip'));
});

test('a load of a bundle that nobody vouches for warns of it', async () => {
  await using rig = await registryRig();
  const ran = await rig.run(['load', rig.bundle.path, '--insecure-allow-unsigned', '--to', `${rig.host}/zenml`]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, /^warning: the bundle is signed by the key "[^"]+", which is not trusted: anyone may have made it$/m);
});

test('loads a bundle into a registry that asks for a password, and says what to do next', async () => {
  await using rig = await registryRig({ basicAuth: { username: 'robot', password: 'secret' } });
  const ran = await rig.run(['load', rig.bundle.path, '--key', rig.bundle.key, '--to', `${rig.host}/zenml`], {
    env: { REGISTRY_USERNAME: 'robot', REGISTRY_PASSWORD: 'secret' },
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(
    ran.stdout,
    new RegExp(`^${rig.host}/zenml/zenml-pro-api:0\\.13\\.0 +${rig.sample.apiIndex.digest} +tagged$`, 'm'),
  );
  assert.match(ran.stdout, new RegExp(`^${rig.host}/zenml/charts/zenml:0\\.93\\.2 +${rig.sample.chart.digest} +tagged$`, 'm'));
  assert.match(ran.stdout, /^next +zenml-loader values .*--to .*\/zenml -o deploy$/m);
  const receipt = /^receipt +(.+)$/m.exec(ran.stdout)?.[1] ?? '';
  const entries = parseReceipt(await readFile(receipt, 'utf8'));
  assert.deepEqual(
    entries.map(({ event }) => event),
    ['start', 'tagged', 'tagged', 'tagged', 'end'],
  );
  assert.ok(!`${ran.stdout}${ran.stderr}`.includes('secret'));
});

test('takes the password from standard input', async () => {
  await using rig = await registryRig({ basicAuth: { username: 'robot', password: 'secret' } });
  const ran = await rig.load(['--username', 'robot', '--password-stdin'], { input: 'secret\n' });
  assert.equal(ran.code, 0, ran.stderr);
});

test('a wrong password is tried once, and nothing else is asked', async () => {
  await using rig = await registryRig({ basicAuth: { username: 'robot', password: 'secret' } });
  const ran = await rig.load([], { env: { REGISTRY_USERNAME: 'robot', REGISTRY_PASSWORD: 'wrong' } });
  assert.equal(ran.code, 4);
  assert.match(ran.stderr, /error UNAUTHORIZED/);
  assert.match(ran.stderr, /remedy: /);
  assert.ok(
    rig.log.every(({ path }) => path === '/v2/'),
    JSON.stringify(rig.log),
  );
  assert.ok(rig.log.length <= 3);
});

test('uploads what two repositories share once and mounts it; a second load writes nothing', async () => {
  await using rig = await registryRig();
  const first = await rig.load(['--json']);
  assert.equal(first.code, 0, first.stderr);
  const { base } = rig.sample;
  assert.equal(
    rig.log.filter(({ method, path }) => method === 'PUT' && path.includes(encodeURIComponent(base.digest))).length,
    1,
  );
  assert.equal(rig.log.filter(({ path, status }) => path.includes('mount=') && status === 201).length, 1);
  const before = rig.log.length;
  const second = await rig.load(['--json']);
  assert.equal(second.code, 0, second.stderr);
  const methods = new Set(rig.log.slice(before).map(({ method }) => method));
  assert.deepEqual(
    [...methods].filter((method) => method !== 'GET' && method !== 'HEAD'),
    [],
  );
  assert.ok(rig.log.length > before);
  assert.deepEqual(
    records(second)
      .filter(({ event }) => event === 'loaded')
      .map(({ outcome }) => outcome),
    ['unchanged', 'unchanged', 'unchanged'],
  );
  assert.equal(records(second).at(-1)?.uploadedBlobs, 0);
});

test('a tag with other content stops the load with exit code 8, nothing written, no receipt', async () => {
  await using rig = await registryRig();
  await rig.occupy('zenml/zenml-pro-api', '0.13.0');
  const before = rig.log.length;
  const ran = await rig.load();
  assert.equal(ran.code, 8);
  assert.match(ran.stderr, /error CONFLICT: 1 reference at the destination has other content; nothing was pushed/);
  assert.match(
    ran.stderr,
    new RegExp(`zenml-pro-api:0\\.13\\.0 +there: sha256:[0-9a-f]{64} +in the bundle: ${rig.sample.apiIndex.digest}`),
  );
  assert.ok(rig.log.slice(before).every(({ method }) => method === 'GET' || method === 'HEAD'));
  await assert.rejects(readdir(join(rig.home, 'state')));
});

test('plan shows the conflict and the bytes, exits with 8, and has written nothing', async () => {
  await using rig = await registryRig();
  await rig.occupy('zenml/zenml-pro-api', '0.13.0');
  const before = rig.log.length;
  const ran = await rig.run(['plan', rig.bundle.path, '--key', rig.bundle.key, '--to', `${rig.host}/zenml`]);
  assert.equal(ran.code, 8);
  assert.match(ran.stdout, /zenml-pro-api:0\.13\.0 .* stop$/m);
  assert.match(ran.stdout, /charts\/zenml:0\.93\.2 .* absent +push it$/m);
  assert.match(ran.stdout, /^to upload +\d+ blobs, /m);
  assert.ok(rig.log.slice(before).every(({ method }) => method === 'GET' || method === 'HEAD'));
});

test('--on-conflict skip leaves the tag and loads the rest; overwrite moves it', async () => {
  await using rig = await registryRig();
  const occupied = await rig.occupy('zenml/zenml-pro-api', '0.13.0');
  const skipped = await rig.load(['--on-conflict', 'skip']);
  assert.equal(skipped.code, 0, skipped.stderr);
  assert.match(skipped.stdout, /zenml-pro-api:0\.13\.0 .* skipped$/m);
  assert.equal(await rig.digestOf('zenml/zenml-pro-api', '0.13.0'), occupied);
  assert.equal(await rig.digestOf('zenml/charts/zenml', '0.93.2'), rig.sample.chart.digest);
  const overwritten = await rig.load(['--on-conflict', 'overwrite']);
  assert.equal(overwritten.code, 0, overwritten.stderr);
  assert.match(overwritten.stdout, /zenml-pro-api:0\.13\.0 .* moved$/m);
  assert.equal(await rig.digestOf('zenml/zenml-pro-api', '0.13.0'), rig.sample.apiIndex.digest);
});

test('a registry that takes no pushes is told as such', async () => {
  await using rig = await registryRig({ readOnly: true });
  const ran = await rig.load();
  assert.equal(ran.code, 4, ran.stderr);
  assert.match(ran.stderr, /error DENIED/);
  assert.match(ran.stderr, /remedy: The registry is read-only/);
});

test('nobody listening is an error with the host in it, and ends soon', async () => {
  await using rig = await registryRig();
  await rig.stop();
  const ran = await rig.load();
  assert.equal(ran.code, 5);
  assert.match(ran.stderr, new RegExp(`error CONNECTION_FAILED: .*${rig.host}`));
});

for (const place of ['.', '/etc/passwd/receipt']) {
  for (const command of ['plan', 'load']) {
    test(`${command} --receipt ${place} is an error of the file, and nothing was asked of the registry`, async () => {
      await using rig = await registryRig();
      const args = [command, rig.bundle.path, '--key', rig.bundle.key, '--to', `${rig.host}/zenml`, '--receipt', place];
      const ran = await rig.run(args);
      assert.match(ran.stderr, new RegExp(`error FILE_ERROR: the receipt ${place} cannot be read: `));
      assert.match(ran.stderr, /remedy: Name the receipt/);
      assert.deepEqual(rig.log, []);
    });
  }
}

test('where only the receipt’s end cannot be written, what was loaded is told all the same', async () => {
  await using rig = await registryRig();
  const { append } = ReceiptFile.prototype;
  const full = new AirgapError('DISK_FULL', 'the receipt cannot be written: ENOSPC');
  const mocked = mock.method(ReceiptFile.prototype, 'append', function (this: ReceiptFile, ...entries: ReceiptEntry[]) {
    return entries.some(({ event }) => event === 'end') ? Promise.reject(full) : append.apply(this, entries);
  });
  try {
    const ran = await rig.load();
    assert.equal(ran.code, 9);
    assert.match(ran.stderr, /error DISK_FULL/);
    assert.match(ran.stdout, /zenml-pro-api:0\.13\.0 .* tagged$/m);
  } finally {
    mocked.mock.restore();
  }
});

test('charts can go to another registry, and its host gets the password too', async () => {
  await using rig = await registryRig({ basicAuth: { username: 'robot', password: 'secret' } });
  await using other = await registryRig({ basicAuth: { username: 'robot', password: 'secret' } });
  const ran = await rig.load(['--charts-to', `${other.host}/helm`], {
    env: { REGISTRY_USERNAME: 'robot', REGISTRY_PASSWORD: 'secret' },
  });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(await other.digestOf('helm/zenml', '0.93.2'), rig.sample.chart.digest);
});
