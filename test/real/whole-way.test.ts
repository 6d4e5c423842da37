import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writes } from './rig/access-log.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { bundleRequest } from './rig/bundle-request.ts';
import { startDockerEngine } from './rig/docker-engine.ts';
import { helmClient } from './rig/helm-client.ts';
import { startInternalRegistry } from './rig/internal-registry.ts';
import { RELEASE_CHARTS, WORKSPACE_VERSIONS } from './rig/release-names.ts';
import { renderedImages } from './rig/rendered-images.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { serveUpstream, upstreamRelease } from './rig/upstream-release.ts';

// The main job on real servers: Docker and Helm have pushed a release to a docker-registry with TLS and a password; it becomes
// a bundle, that registry stops, and the bundle is loaded into another one, from which Docker and Helm pull.
test('a release crosses the gap', { timeout: 600_000 }, async (t) => {
  await using folder = await temporaryFolder('whole-way');
  const path = (name: string): string => join(folder.path, name);
  const release = await upstreamRelease();
  await using upstream = await serveUpstream(release, folder.path);
  await mkdir(path('docker'));
  await using docker = await startDockerEngine(path('docker'));
  await using internal = await startInternalRegistry(folder.path);
  const cli = await airgapCli(path('home'), [release.login.password, internal.login.password]);
  await mkdir(path('work'));
  const [request, tar, key] = [path('work/zenml-bundle.yaml'), path('work/zenml-pro.tar'), path('airgap.pub')];
  await cli.mustRun('zenml-bundler', ['keygen', path('airgap'), '--no-passphrase']);
  // `docker login` wrote this configuration; the bundler reads its password from there.
  await docker.login(upstream.host, release.login);
  const connected = { env: { DOCKER_CONFIG: docker.env.DOCKER_CONFIG }, cwd: path('work') };
  const write = (allowMissing: readonly string[]): Promise<void> =>
    writeFile(request, bundleRequest({ mirrorHost: upstream.host, key: path('airgap.key'), allowMissing }));
  const build = ['build', '-f', request, '-o', tar, '--ca-file', release.caFile];
  const load = ['load', tar, '--key', key, '--to', internal.prefix, '--ca-file', internal.authority.caFile];
  const digest = (reference: string): string => release.digests[reference] ?? assert.fail(`${reference} was not pushed`);

  await t.test('busybox, which no value of the charts reaches, stops the build', async () => {
    await write([]);
    const { code, stderr } = await cli.run('zenml-bundler', build, connected);
    assert.equal(code, 9, stderr);
    assert.match(stderr, /MISSING_IMAGES/);
    assert.match(stderr, /busybox/);
    assert.match(stderr, /test-connection\.yaml/);
    assert.deepEqual(await readdir(path('work')), ['zenml-bundle.lock.json', 'zenml-bundle.yaml']);
  });

  await t.test('named in allowMissing it does not', async () => {
    await write(['busybox']);
    await cli.mustRun('zenml-bundler', build, connected);
    assert.deepEqual((await readdir(path('work'))).sort(), ['zenml-bundle.lock.json', 'zenml-bundle.yaml', 'zenml-pro.tar']);
  });

  await upstream.stop();

  await t.test('the bundle verifies without any registry', async () => {
    await cli.mustRun('zenml-loader.mjs', ['verify', tar, '--key', key]);
  });

  const helm = helmClient(path('helm'));
  await helm.login(internal.registry.host, internal.login, internal.authority.caFile);
  await docker.login(internal.registry.host, internal.login);

  await t.test('a registry whose certificate another authority signed is refused, by us and by Helm', async () => {
    const wrong = ['load', tar, '--key', key, '--to', internal.prefix, '--ca-file', release.caFile];
    const { code, stderr } = await cli.run('zenml-loader.mjs', wrong, { env: internal.env });
    assert.equal(code, 5, stderr);
    assert.match(stderr, /CERTIFICATE_UNTRUSTED/);
    const reference = `oci://${internal.prefix}/charts/zenml`;
    const pull = await helm.tryRun(['pull', reference, '--version', '0.93.2', '--ca-file', release.caFile]);
    assert.notEqual(pull.code, 0);
    assert.match(pull.stderr, /certificate/);
    assert.deepEqual(writes(await internal.registry.requests()), []);
  });

  await t.test('the bundle loads', async () => {
    await cli.mustRun('zenml-loader.mjs', load, { env: internal.env });
  });

  await t.test('Docker pulls every image with the digest that the source had', async () => {
    for (const reference of Object.keys(release.digests)) {
      const pulled = await docker.run(['pull', `${internal.prefix}/${reference}`]);
      assert.match(pulled, new RegExp(`Digest: ${digest(reference)}`));
    }
  });

  await t.test('Helm pulls every chart byte for byte', async () => {
    for (const { name, tag } of RELEASE_CHARTS) {
      const args = ['--version', tag, '--destination', folder.path, '--ca-file', internal.authority.caFile];
      await helm.run(['pull', `oci://${internal.prefix}/charts/${name}`, ...args]);
      const file = `${name}-${tag}.tgz`;
      assert.deepEqual(await readFile(path(file)), await readFile(join(release.charts, file)), file);
    }
  });

  await t.test('the image zenml and the chart zenml of one version are both there', async () => {
    const image = await docker.run(['manifest', 'inspect', '--insecure', `${internal.prefix}/zenml:0.93.2`]);
    assert.match(image, /application\/vnd\.docker\.container\.image\.v1\+json/);
    assert.ok(existsSync(path('zenml-0.93.2.tgz')));
  });

  await t.test('with our values every chart names internal images only, the allowed busybox aside', async () => {
    const values = ['values', tar, '--key', key, '--to', internal.prefix, '--ca-secret', 'internal-ca', '-o', path('deploy')];
    await cli.mustRun('zenml-loader.mjs', values);
    const files = ['INSTALL.md', 'zenml-pro-values.yaml', ...WORKSPACE_VERSIONS.map((version) => `zenml-${version}-values.yaml`)];
    assert.deepEqual((await readdir(path('deploy'))).sort(), files.sort());
    for (const { name, tag } of RELEASE_CHARTS) {
      const file = name === 'zenml' ? `zenml-${tag}-values.yaml` : `${name}-values.yaml`;
      const rendered = await helm.run(['template', name, path(`${name}-${tag}.tgz`), '--values', path(`deploy/${file}`)]);
      const images = renderedImages(rendered);
      const inside = images.filter((image) => image.startsWith(`${internal.prefix}/`));
      const outside = images.filter((image) => !image.startsWith(`${internal.prefix}/`));
      assert.deepEqual([...new Set(outside)], name === 'zenml' ? ['busybox'] : [], `${name}:${tag}`);
      for (const image of inside) digest(image.slice(internal.prefix.length + 1));
      assert.ok(inside.length > 0, `${name}:${tag} renders no image`);
    }
  });

  await t.test('loading again sends nothing and changes nothing', async () => {
    const before = writes(await internal.registry.requests()).length;
    await cli.mustRun('zenml-loader.mjs', load, { env: internal.env });
    assert.deepEqual(writes(await internal.registry.requests()).slice(before), []);
  });
});
