import assert from 'node:assert/strict';
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustRun, runProgram } from '../fixtures/run-program.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { bundleRequest } from './rig/bundle-request.ts';
import { startCountingProxy } from './rig/counting-proxy.ts';
import { loginEnvironment } from './rig/internal-registry.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { serveUpstream, upstreamRelease } from './rig/upstream-release.ts';

const DISK_BYTES = 160e6; // enough for the bundle of about 90 MB
const FILLED_AFTER_BYTES = 30e6;
const SMALL_DISK_BYTES = 40e6;

test('a disk that fills up during a build is no loss: freed, the build continues', { timeout: 300_000 }, async (t) => {
  const release = await upstreamRelease();
  await using folder = await temporaryFolder('disk-full');
  const path = (name: string): string => join(folder.path, name);
  await using upstream = await serveUpstream(release, folder.path);
  await using proxy = await startCountingProxy(upstream.port);
  const cli = await airgapCli(path('home'), [release.login.password]);
  await cli.mustRun('zenml-bundler', ['keygen', path('airgap'), '--no-passphrase']);
  const env = loginEnvironment(release.login);
  const build = async (disk: string): Promise<string[]> => {
    await writeFile(join(disk, 'zenml-bundle.yaml'), bundleRequest({ mirrorHost: proxy.host, key: path('airgap.key') }));
    return ['build', '-f', join(disk, 'zenml-bundle.yaml'), '-o', join(disk, 'zenml-pro.tar'), '--ca-file', release.caFile];
  };

  await t.test('too small a disk is noticed before the first byte', async () => {
    await using disk = await mountTmpfs(path('small'), SMALL_DISK_BYTES);
    const { code, stderr } = await cli.run('zenml-bundler', await build(disk.path), { env });
    assert.match(stderr, /NOT_ENOUGH_SPACE/);
    assert.equal(code, 9, stderr);
    assert.deepEqual((await readdir(disk.path)).sort(), ['zenml-bundle.lock.json', 'zenml-bundle.yaml']);
  });

  await t.test('a disk that fills up later', async () => {
    await using disk = await mountTmpfs(path('disk'), DISK_BYTES);
    const reached = proxy.holdAfter('received', FILLED_AFTER_BYTES);
    const running = cli.start('zenml-bundler', await build(disk.path), { env });
    await Promise.race([reached, running.done.then(({ stderr }) => assert.fail(`the build ended early:\n${stderr}`))]);
    await mustRun('bash', ['-c', `cat /dev/zero > '${disk.path}/filler' || true`]);
    const { bavail } = await statfs(disk.path);
    assert.equal(bavail, 0, 'the disk is not full');
    proxy.release();
    const { code, stderr } = await running.done;
    assert.match(stderr, /DISK_FULL/);
    assert.match(stderr, /remedy/i);
    assert.equal(code, 9, stderr);
    const left = ['filler', 'zenml-bundle.lock.json', 'zenml-bundle.yaml', 'zenml-pro.tar.partial'];
    assert.deepEqual((await readdir(disk.path)).sort(), left);

    await rm(join(disk.path, 'filler'));
    await cli.mustRun('zenml-bundler', await build(disk.path), { env });
    await cli.mustRun('zenml-loader', ['verify', join(disk.path, 'zenml-pro.tar'), '--key', path('airgap.pub')]);
  });
});

async function mountTmpfs(path: string, bytes: number): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(path);
  await mustRun('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'zenml-airgap-test', path]);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await runProgram('umount', ['-l', path]);
    },
  };
}
