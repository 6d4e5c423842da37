import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { BundleReader, loadTrustedKey } from '@zenml-airgap/bundle-file';
import { FakeHost } from '../../../terminal/test/fake-host.ts';
import { type BundlerRig, bundlerRig } from '../fixtures/bundler-rig.ts';

const REQUEST = `versions: { controlPlane: 0.13.0, workspaceServer: [0.93.1, 0.93.2] }
client: { python: ["3.11"] }
allowMissing: [{ image: busybox, reason: only helm test runs it }]
registry: harbor.example/zenml
signing: { key: airgap.key }`;

const LAYERS_BEFORE_INTERRUPTION = 5;

async function keyed(rig: BundlerRig): Promise<void> {
  const { code, err } = await rig.run('keygen', rig.path('airgap'), '--no-passphrase');
  assert.equal(code, 0, err);
}

test('build makes one signed bundle that verifies, with everything in it and nothing beside it', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const file = await rig.request(REQUEST);
  const output = rig.path('zenml.tar');
  const { code, err, records } = await rig.run('build', '-f', file, '-o', output, '--json');
  assert.equal(code, 0, err);
  const built = records.find(({ event }) => event === 'built');
  assert.equal(typeof records.find(({ event }) => event === 'sealed')?.syncMs, 'number');
  assert.deepEqual(await rig.left(), ['airgap.key', 'airgap.pub', 'zenml-bundle.lock.json', 'zenml-bundle.yaml', 'zenml.tar']);

  const key = loadTrustedKey(await readFile(rig.path('airgap.pub'), 'utf8'), 'airgap.pub');
  await using reader = await BundleReader.open(output, { keys: [key] });
  await reader.verify();
  assert.equal(reader.signedBy, built?.keyHint);
  assert.equal(reader.manifestDigest, built?.manifestDigest);
  assert.deepEqual(
    reader.manifest.artifacts.map(({ name, tag }) => `${name}:${tag}`),
    [
      ...['zenml:0.93.1', 'zenml:0.93.1-py3.11', 'zenml:0.93.2', 'zenml:0.93.2-py3.11', 'zenml-pro-api:0.13.0'],
      ...['zenml-pro-dashboard:0.13.0', 'zenml-pro-server:0.93.1', 'zenml-pro-server:0.93.2'],
      ...['charts/zenml:0.93.1', 'charts/zenml:0.93.2', 'charts/zenml-pro:0.13.0'],
    ],
  );
  assert.deepEqual(reader.manifest.registries, [{ images: 'harbor.example/zenml', charts: 'harbor.example/zenml/charts' }]);
  assert.deepEqual(
    reader.manifest.missing.map(({ image }) => image),
    ['busybox'],
  );
});

test('for people build ends with the file, its size, its digest, who signed it, and what to type inside', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const { out, err } = await rig.run('build', '-f', await rig.request(REQUEST), '-o', rig.path('zenml.tar'));
  assert.match(
    out,
    new RegExp(
      [
        `^Bundle     ${rig.path('zenml.tar')}`,
        String.raw`Size       \d+\.\d KiB \(\d+ bytes\), 11 artifacts, \d+ blobs`,
        'Manifest   sha256:[0-9a-f]{64}',
        String.raw`Signed by  \S{44} \(${rig.path('airgap.key')}\)`,
        String.raw`Time       \S+ s, of which \S+ s to sync the disk`,
        '',
        'Next: carry zenml.tar and zenml-loader.mjs across, and airgap.pub over another way; inside, Node.js 24.15 or later has to be there, or is carried too:',
        '  node zenml-loader.mjs verify zenml.tar --key airgap.pub',
        '  node zenml-loader.mjs load zenml.tar --key airgap.pub   # to harbor.example/zenml',
        '$',
      ].join('\n'),
    ),
  );
  assert.match(err, /Wrote .*zenml-bundle\.lock\.json\.\n/);
});

test('built from a lock it asks for digests only, and the bytes are the same', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const file = await rig.request(REQUEST);
  await rig.run('build', '-f', file, '-o', rig.path('first.tar'));
  const before = rig.upstream.log.length;
  const { code, err } = await rig.run('build', '-f', file, '-o', rig.path('second.tar'), '--locked');
  assert.equal(code, 0, err);
  const asked = rig.upstream.log.slice(before).map(({ path }) => path);
  assert.deepEqual(
    asked.filter((path) => path !== '/v2/' && !path.includes('/sha256:')),
    [],
  );
  const [first, second] = await Promise.all(['first.tar', 'second.tar'].map((name) => readFile(rig.path(name))));
  assert.ok(first !== undefined && second !== undefined && withoutSignature(first).equals(withoutSignature(second)));
});

test('SOURCE_DATE_EPOCH dates the bundle', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const file = await rig.request(REQUEST);
  const { code, err } = await rig.runWith(
    { env: { SOURCE_DATE_EPOCH: '1700000000' } },
    'build',
    '-f',
    file,
    '-o',
    rig.path('zenml.tar'),
  );
  assert.equal(code, 0, err);
  await using reader = await BundleReader.open(rig.path('zenml.tar'), { keys: [], allowUnsigned: true });
  assert.equal(reader.manifest.created, '2023-11-14T22:13:20Z');
  const wrong = await rig.runWith({ env: { SOURCE_DATE_EPOCH: 'today' } }, 'build', '-f', file, '-o', rig.path('other.tar'));
  assert.equal(wrong.code, 2);
});

test('aws: both regions get the one password, and no other host does', async () => {
  const basicAuth = { username: 'AWS', password: 'token' };
  await using rig = await bundlerRig({ basicAuth, source: 'aws' });
  await keyed(rig);
  const file = await rig.request(`source: aws\n${REQUEST}`);
  const env = { REGISTRY_USERNAME: 'AWS', REGISTRY_PASSWORD: 'token' };
  const { code, err } = await rig.runWith({ env }, 'build', '-f', file, '-o', rig.path('zenml.tar'));
  assert.equal(code, 0, err);
  await using reader = await BundleReader.open(rig.path('zenml.tar'), { keys: [], allowUnsigned: true });
  const server = reader.manifest.artifacts.find(({ name }) => name === 'zenml-pro-server');
  assert.equal(server?.source, '715803424590.dkr.ecr.eu-central-1.amazonaws.com/zenml-pro-server:0.93.1');

  // Docker Hub from another host: it is asked without the password, and refuses.
  await using hub = await bundlerRig({ basicAuth });
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^ {2}docker\.io: .*$/m, `  docker.io: ${hub.upstream.host}/docker.io`));
  const refused = await rig.runWith({ env }, 'plan', '-f', file, '--update');
  assert.equal(refused.code, 4);
  assert.match(refused.err, new RegExp(`UNAUTHORIZED: .*docker\\.io/zenmldocker/zenml:0\\.93\\.1.*${hub.upstream.host}`, 's'));
});

test('a wrong password is tried once, named with its host, and leaves nothing', async () => {
  await using rig = await bundlerRig({ basicAuth: { username: 'u', password: 'right' } });
  await keyed(rig);
  const file = await rig.request(REQUEST);
  const host = new FakeHost();
  host.stdin.end('wrong\n');
  const before = rig.upstream.log.length;
  const { code, err } = await rig.runWith(
    { host },
    'build',
    '-f',
    file,
    '--username',
    'u',
    '--password-stdin',
    '-o',
    rig.path('x.tar'),
  );
  assert.equal(code, 4);
  assert.match(err, new RegExp(`error UNAUTHORIZED: .*${rig.upstream.host}`));
  assert.doesNotMatch(err, /wrong/);
  assert.ok(rig.upstream.log.length - before <= 2, 'it was tried more often than once');
  assert.deepEqual(await rig.left(), ['airgap.key', 'airgap.pub', 'zenml-bundle.yaml']);
});

test('an encrypted key without its passphrase is exit 2 before any request', async () => {
  await using rig = await bundlerRig();
  const env = { ZENML_BUNDLE_PASSPHRASE: 'correct horse' };
  await rig.runWith({ env }, 'keygen', rig.path('airgap'));
  const file = await rig.request(REQUEST);
  const before = rig.upstream.log.length;
  const refused = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'));
  assert.equal(refused.code, 2);
  assert.match(refused.err, /^error PASSPHRASE_REQUIRED: .*airgap\.key.*\nremedy: /);
  const wrong = await rig.runWith(
    { env: { ZENML_BUNDLE_PASSPHRASE: 'wrong' } },
    'build',
    '-f',
    file,
    '-o',
    rig.path('zenml.tar'),
  );
  assert.equal(wrong.code, 4);
  assert.equal(rig.upstream.log.length, before);
  assert.equal((await rig.runWith({ env }, 'build', '-f', file, '-o', rig.path('zenml.tar'))).code, 0);
});

test('no key is named, the key is not there, the output exists, its folder does not: each said before any request', async () => {
  await using rig = await bundlerRig();
  const before = rig.upstream.log.length;
  const unsigned = await rig.request(REQUEST.replace(/signing.*/, ''));
  assert.match(
    (await rig.run('build', '-f', unsigned)).err,
    /^error NO_SIGNING_KEY: neither signing\.key in the request nor --key/,
  );
  const file = await rig.request(REQUEST);
  assert.match(
    (await rig.run('build', '-f', file)).err,
    /^error FILE_NOT_FOUND: the signing key .*airgap\.key does not exist\nremedy: .*keygen/,
  );
  await keyed(rig);
  await writeFile(rig.path('zenml.tar'), 'mine');
  const exists = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'));
  assert.equal(exists.code, 8);
  assert.match(exists.err, /^error OUTPUT_EXISTS: .*zenml\.tar exists already\nremedy: /);
  const folder = await rig.run('build', '-f', file, '-o', rig.path('none/zenml.tar'));
  assert.match(folder.err, /^error FILE_NOT_FOUND: the folder .*none does not exist\nremedy: Create it/);
  assert.equal(await readFile(rig.path('zenml.tar'), 'utf8'), 'mine');
  assert.equal(rig.upstream.log.length, before);
});

test('an unsigned bundle is built only when asked for, and says so', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(REQUEST);
  const { code, out, err } = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'), '--insecure-unsigned');
  assert.equal(code, 0, err);
  assert.match(out, /\nSigned by {2}nobody: loaders refuse it by default\n/);
  await assert.rejects(BundleReader.open(rig.path('zenml.tar'), { keys: [] }), { code: 'SIGNATURE_MISSING' });
});

test('an interrupted build exits 130, keeps what it has, and its continuation has the bytes of an undisturbed one', async () => {
  let host: FakeHost | undefined;
  let layers = 0;
  await using rig = await bundlerRig({
    onRequest: ({ method, path, responseBytes }) => {
      if (method === 'GET' && path.includes('/blobs/') && responseBytes > 2048) layers += 1;
      if (layers === LAYERS_BEFORE_INTERRUPTION) host?.emit('SIGINT');
    },
  });
  await keyed(rig);
  const file = await rig.request(REQUEST);
  await rig.run('resolve', '-f', file);
  host = new FakeHost();
  layers = 0;
  const interrupted = await rig.runWith({ host }, 'build', '-f', file, '-o', rig.path('zenml.tar'), '--concurrency', '1');
  host = undefined;
  assert.equal(interrupted.code, 130, interrupted.err);
  const left = await rig.left();
  assert.ok(left.includes('zenml.tar.partial') && !left.includes('zenml.tar'), left.join());
  const continued = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'), '--locked', '--json');
  assert.equal(continued.code, 0, continued.err);
  assert.ok(
    continued.records.some(
      ({ event, label, bytes, totalBytes }) => event === 'progress' && label === 'rehash' && bytes === totalBytes,
    ),
    'nothing was said while what is there was hashed',
  );
  assert.match(continued.err, /Syncing: /);
  assert.match(continued.err, /Continuing .*zenml\.tar\.partial: .* are there\.\n/);
  const progress = continued.records.findLast(({ event }) => event === 'progress');
  assert.ok(Number(progress?.initialBytes) > 0, JSON.stringify(progress));
  assert.equal(progress?.bytes, progress?.totalBytes);
  await rig.run('build', '-f', file, '-o', rig.path('undisturbed.tar'), '--locked');
  const [first, second] = await Promise.all(['zenml.tar', 'undisturbed.tar'].map((name) => readFile(rig.path(name))));
  assert.ok(first !== undefined && second !== undefined && withoutSignature(first).equals(withoutSignature(second)));
});

test('a partial of another plan is refused, and --restart discards it', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const file = await rig.request(REQUEST);
  await writeFile(rig.path('zenml.tar.partial'), Buffer.alloc(4096, 1));
  const refused = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'));
  assert.equal(refused.code, 8);
  assert.match(refused.err, /error PARTIAL_OF_ANOTHER_PLAN: /);
  assert.equal((await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'), '--restart')).code, 0);
});

test('a registry that is down is named with the private images’ host, and nothing is left', async () => {
  await using rig = await bundlerRig();
  await keyed(rig);
  const file = await rig.request(REQUEST);
  await rig.upstream.close();
  const { code, err } = await rig.run('build', '-f', file, '-o', rig.path('zenml.tar'));
  assert.equal(code, 5);
  assert.match(err, new RegExp(`error CONNECTION_FAILED: .*${rig.upstream.host}`));
  assert.deepEqual(await rig.left(), ['airgap.key', 'airgap.pub', 'zenml-bundle.yaml']);
});

test('after the request was edited, what an interrupted build left is refused while the lock that continues it is still there', async () => {
  let host: FakeHost | undefined;
  let layers = 0;
  await using rig = await bundlerRig({
    onRequest: ({ method, path, responseBytes }) => {
      if (method === 'GET' && path.includes('/blobs/') && responseBytes > 2048) layers += 1;
      if (layers === LAYERS_BEFORE_INTERRUPTION) host?.emit('SIGINT');
    },
  });
  await keyed(rig);
  const file = await rig.request(REQUEST);
  const build = () => rig.run('build', '-f', file, '-o', rig.path('zenml.tar'));
  await rig.run('resolve', '-f', file);
  host = new FakeHost();
  layers = 0;
  const argv = ['build', '-f', file, '-o', rig.path('zenml.tar'), '--concurrency', '1'];
  assert.equal((await rig.runWith({ host }, ...argv)).code, 130);
  host = undefined;
  const lock = await readFile(rig.path('zenml-bundle.lock.json'), 'utf8');

  const edited = await rig.request(REQUEST.replace('[0.93.1, 0.93.2]', '0.93.2'));
  assert.equal(edited, file);
  const refused = await build();
  assert.equal(refused.code, 8, refused.err);
  assert.match(
    refused.err,
    /^error PARTIAL_OF_ANOTHER_PLAN: .*zenml\.tar\.partial was begun for another bundle .*\nremedy: .*lock\.json is as it was: to continue, give the request back .*--restart.*-o\.\n/m,
  );
  assert.equal(await readFile(rig.path('zenml-bundle.lock.json'), 'utf8'), lock);

  await rig.request(REQUEST);
  const updated = await rig.runWith({ env: { SOURCE_DATE_EPOCH: '1700000000' } }, ...argv, '--update');
  assert.match(updated.err, /^error PARTIAL_OF_ANOTHER_PLAN: /m);
  const continued = await build();
  assert.equal(continued.code, 0, continued.err);
  assert.match(continued.err, /Continuing /);
});

test('a new lock that plans the same bundle continues what is there', async () => {
  await using rig = await bundlerRig();
  const file = await rig.request(REQUEST);
  const env = { SOURCE_DATE_EPOCH: '1700000000' };
  const argv = ['build', '-f', file, '--insecure-unsigned', '-o'];
  assert.equal((await rig.runWith({ env }, ...argv, rig.path('first.tar'))).code, 0);
  await writeFile(rig.path('second.tar.partial'), (await readFile(rig.path('first.tar'))).subarray(0, 2000));
  const { code, err } = await rig.runWith({ env }, ...argv, rig.path('second.tar'), '--update');
  assert.equal(code, 0, err);
});

test('--locked without its lock, or with another’s, is said before a passphrase is asked for or a registry', async () => {
  await using rig = await bundlerRig();
  await rig.runWith({ env: { ZENML_BUNDLE_PASSPHRASE: 'correct horse' } }, 'keygen', rig.path('airgap'));
  const file = await rig.request(REQUEST);
  const before = rig.upstream.log.length;
  for (const command of [['build', '-o', rig.path('zenml.tar')], ['plan'], ['resolve']]) {
    const missing = await rig.run(...command, '-f', file, '--locked');
    assert.match(missing.err, /^error LOCK_MISSING: --locked was given, and .*zenml-bundle\.lock\.json does not exist\n/);
  }
  assert.equal(rig.upstream.log.length, before);
  await rig.run('resolve', '-f', file);
  const resolved = rig.upstream.log.length;
  await rig.request(REQUEST.replace('[0.93.1, 0.93.2]', '0.93.2'));
  assert.match((await rig.run('build', '-f', file, '--locked')).err, /^error LOCK_OUTDATED: /);
  assert.equal(rig.upstream.log.length, resolved);
});

/** Two builds differ in their signature entry alone: the second entry, after the manifest. */
function withoutSignature(tar: Buffer): Buffer {
  const size = Number.parseInt(tar.subarray(124, 135).toString(), 8);
  const start = 512 + Math.ceil(size / 512) * 512 + 512;
  return Buffer.concat([tar.subarray(0, start), tar.subarray(start + 8192)]);
}
