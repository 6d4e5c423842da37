import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { layoutOf, parseBundleManifest } from '@zenml-airgap/bundle-spec';
import { mustRun, runProgram } from '../fixtures/run-program.ts';
import { startDockerEngine } from '../real/rig/docker-engine.ts';
import { helmClient } from '../real/rig/helm-client.ts';
import { startInternalRegistry } from '../real/rig/internal-registry.ts';
import { readmeCommands } from '../real/rig/readme-commands.ts';
import { RELEASE_CHARTS, RELEASE_IMAGES } from '../real/rig/release-names.ts';
import { temporaryFolder } from '../real/rig/run-folder.ts';
import { sharedBundle } from '../real/rig/shared-bundle.ts';
import { tagsOf } from '../real/rig/tags-of.ts';

test("the commands of the bundle's README.txt run as written, and refuse a changed bundle", { timeout: 300_000 }, async (t) => {
  const { tar, publicKey } = await sharedBundle();
  await using folder = await temporaryFolder('readme');
  const path = (name: string): string => join(folder.path, name);
  await mustRun('tar', ['-C', folder.path, '-xf', tar, 'README.txt', 'bundle-manifest.json']);
  const script = readmeCommands(await readFile(path('README.txt'), 'utf8'));
  await mkdir(path('docker'));
  await using docker = await startDockerEngine(path('docker'));
  await using internal = await startInternalRegistry(folder.path);
  await docker.login(internal.registry.host, internal.login);
  const helm = helmClient(path('helm'));
  await helm.login(internal.registry.host, internal.login, internal.authority.caFile);
  const env = {
    ...docker.env,
    ...helm.env,
    // Where the README is followed, the machine trusts the internal registry's authority.
    SSL_CERT_FILE: internal.authority.caFile,
    KEY: publicKey,
    REGISTRY: internal.prefix,
    CHARTS: `${internal.prefix}/charts`,
  };

  await t.test('a bundle with one changed byte gets no further than the checks', async () => {
    await mkdir(path('tampered'));
    const bytes = await readFile(tar);
    // Of a layer: sha256sum has to notice. A changed header stops tar itself.
    const manifest = await readFile(path('bundle-manifest.json'));
    const { entries } = layoutOf(parseBundleManifest(manifest), manifest.length);
    const layer = entries.reduce((largest, entry) => (entry.size > largest.size ? entry : largest));
    const changed = layer.dataOffset + Math.floor(layer.size / 2);
    bytes[changed] = (bytes[changed] ?? 0) ^ 1;
    await mustRun('bash', ['-c', `cat > '${path('tampered.tar')}'`], { input: bytes });
    const options = { cwd: path('tampered'), env: { ...env, BUNDLE: path('tampered.tar') } };
    const { code, stdout, stderr } = await runProgram('bash', ['-euo', 'pipefail', '-c', script], options);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /FAILED/);
    assert.deepEqual(await tagsOf(internal, 'zenml/zenml'), []);
  });

  await t.test('the true one ends up in the registry', async () => {
    await mkdir(path('work'));
    const options = { cwd: path('work'), env: { ...env, BUNDLE: tar } };
    const output = await mustRun('bash', ['-euo', 'pipefail', '-c', script], options);
    assert.match(output, /Verified OK/);
    for (const { name, tags } of RELEASE_IMAGES) assert.deepEqual((await tagsOf(internal, `zenml/${name}`)).sort(), [...tags]);
    for (const { name, tag } of RELEASE_CHARTS) assert.ok((await tagsOf(internal, `zenml/charts/${name}`)).includes(tag));
  });
});
