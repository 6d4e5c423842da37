import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustRun } from '../fixtures/run-program.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { bundleRequest } from './rig/bundle-request.ts';
import { loginEnvironment, startInternalRegistry } from './rig/internal-registry.ts';
import { EXTRA_IMAGE } from './rig/release-names.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { serveUpstream, upstreamRelease } from './rig/upstream-release.ts';

// One of two platforms crosses the gap; the authorities of both registries lie where Podman and Docker look for them.
test('one platform of an image', { timeout: 300_000 }, async (t) => {
  await using folder = await temporaryFolder('platforms');
  const path = (name: string): string => join(folder.path, name);
  const release = await upstreamRelease();
  await using upstream = await serveUpstream(release, folder.path);
  await using internal = await startInternalRegistry(folder.path);
  const cli = await airgapCli(path('home'), [release.login.password, internal.login.password]);
  const trust = async (host: string, caFile: string): Promise<void> => {
    const certificates = path(`home/.config/containers/certs.d/${host}`);
    await mkdir(certificates, { recursive: true });
    await copyFile(caFile, join(certificates, 'ca.crt'));
  };
  await trust(upstream.host, release.caFile);
  await trust(internal.registry.host, internal.authority.caFile);
  await cli.mustRun('zenml-bundler', ['keygen', path('airgap'), '--no-passphrase']);
  const [request, tar] = [path('zenml-bundle.yaml'), path('zenml-pro.tar')];
  await writeFile(request, bundleRequest({ mirrorHost: upstream.host, key: path('airgap.key') }));
  const { name, tags } = EXTRA_IMAGE;
  const published = release.digests[`${name}:${tags[0]}`] ?? assert.fail('the index was not pushed');
  const connected = { env: loginEnvironment(release.login) };

  await t.test('that there is not stops the build, and those there are are listed', async () => {
    const { code, stderr } = await cli.run('zenml-bundler', ['build', '-f', request, '--platform', 'linux/s390x'], connected);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /PLATFORM_ABSENT/);
    assert.match(stderr, /there is no linux\/s390x; there is linux\/amd64, linux\/arm64/);
  });

  await t.test('is built and loaded, and signatures over the index are spoken of', async () => {
    const build = ['build', '-f', request, '-o', tar, '--platform', 'linux/amd64'];
    const { code, stderr } = await cli.run('zenml-bundler', build, connected);
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`warning: ${name}:${tags[0]}: cut down to some platforms`));
    await cli.mustRun('zenml-loader', ['load', tar, '--key', path('airgap.pub'), '--to', internal.prefix], { env: internal.env });
  });

  await t.test('is what crane finds inside: its own digest, the original’s name, and nothing of the other platform', async () => {
    const env = { ...process.env, DOCKER_CONFIG: path('crane'), SSL_CERT_FILE: internal.authority.caFile };
    const crane = (args: readonly string[], input?: string): Promise<string> =>
      mustRun('crane', args, { cwd: folder.path, env, ...(input === undefined ? {} : { input }) });
    const { username, password } = internal.login;
    await crane(['auth', 'login', internal.registry.host, '--username', username, '--password-stdin'], password);
    const reference = `${internal.prefix}/${name}:${tags[0]}`;
    const index = JSON.parse(await crane(['manifest', reference]));
    assert.equal(index.annotations['io.zenml.airgap.original-digest'], published);
    assert.deepEqual(
      index.manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture),
      ['amd64'],
    );
    assert.notEqual((await crane(['digest', reference])).trim(), published);
    await crane(['validate', '--remote', reference]);
    await assert.rejects(crane(['digest', '--platform', 'linux/arm64', reference]));
    // Docker has pushed these for one platform: nothing of them changes.
    const api = `${internal.prefix}/zenml-pro-api:0.13.0`;
    assert.equal((await crane(['digest', api])).trim(), release.digests['zenml-pro-api:0.13.0']);
  });
});
