import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { airgapCli } from './rig/airgap-cli.ts';
import { bundleRequest } from './rig/bundle-request.ts';
import { startCountingProxy } from './rig/counting-proxy.ts';
import { loginEnvironment } from './rig/internal-registry.ts';
import { recordedBytes } from './rig/recorded-bytes.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { serveUpstream, upstreamRelease } from './rig/upstream-release.ts';
import { withoutSignature } from './rig/without-signature.ts';

const KILLED_AFTER_BYTES = 50e6; // of about 90 MB, 40 of which are one layer
const RECORDED_BYTES = 8e6; // of one blob, when it is killed
const SAVED_BYTES = 20e6;

test('a build that was killed continues mid-blob, and its bytes are those of an undisturbed build', {
  timeout: 300_000,
}, async () => {
  const release = await upstreamRelease();
  await using folder = await temporaryFolder('interrupted-build');
  const path = (name: string): string => join(folder.path, name);
  await using upstream = await serveUpstream(release, folder.path);
  await using proxy = await startCountingProxy(upstream.port);
  const cli = await airgapCli(path('home'), [release.login.password]);
  await cli.mustRun('zenml-bundler', ['keygen', path('airgap'), '--no-passphrase']);
  for (const name of ['disturbed', 'undisturbed']) await mkdir(path(name));
  const request = bundleRequest({ mirrorHost: proxy.host, key: path('airgap.key') });
  await writeFile(path('disturbed/zenml-bundle.yaml'), request);
  const env = loginEnvironment(release.login);
  const build = (name: string): string[] => [
    ...['build', '-f', path(`${name}/zenml-bundle.yaml`), '-o', path(`${name}/zenml-pro.tar`)],
    ...['--ca-file', release.caFile],
  ];

  const reached = proxy.holdAfter('received', KILLED_AFTER_BYTES);
  const first = cli.start('zenml-bundler', build('disturbed'), { env });
  await Promise.race([
    reached,
    first.done.then(({ code, stderr }) =>
      assert.fail(`the build ended before the server had sent its bytes: ${code}\n${stderr}`),
    ),
  ]);
  // Nothing arrives any more; what has arrived is still being written.
  await recordedBytes(path('disturbed/zenml-pro.tar.partial'), RECORDED_BYTES);
  await first.kill();
  proxy.release();
  assert.deepEqual((await readdir(path('disturbed'))).sort(), [
    'zenml-bundle.lock.json',
    'zenml-bundle.yaml',
    'zenml-pro.tar.partial',
  ]);

  const before = (await upstream.requests()).length;
  const receivedBefore = proxy.received;
  await cli.mustRun('zenml-bundler', [...build('disturbed'), '--locked'], { env });
  const continued = (await upstream.requests()).slice(before).filter(({ path }) => path.includes('/blobs/sha256:'));
  assert.ok(
    continued.some(({ status, bytes }) => status === 206 && bytes > 0),
    'no blob was continued with a Range request',
  );
  const rest = proxy.received - receivedBefore;

  for (const name of ['zenml-bundle.yaml', 'zenml-bundle.lock.json']) {
    await copyFile(path(`disturbed/${name}`), path(`undisturbed/${name}`));
  }
  await cli.mustRun('zenml-bundler', [...build('undisturbed'), '--locked'], { env });
  const whole = proxy.received - receivedBefore - rest;
  assert.ok(rest < whole - SAVED_BYTES, `after the kill ${rest} bytes were fetched, undisturbed ${whole}`);
  const [disturbed, undisturbed] = await Promise.all(
    ['disturbed', 'undisturbed'].map(async (name) => withoutSignature(await readFile(path(`${name}/zenml-pro.tar`)))),
  );
  assert.ok(disturbed !== undefined && undisturbed !== undefined);
  assert.equal(disturbed.length, undisturbed.length);
  assert.ok(disturbed.equals(undisturbed), 'the bytes differ');
  await cli.mustRun('zenml-loader', ['verify', path('disturbed/zenml-pro.tar'), '--key', path('airgap.pub')]);
});
