import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { createRegistryClient } from 'oras-js';
import { pushAll, sampleGraph } from '../../oras-js/test/target-suite.ts';
import { RegistryRig, temporaryFolder } from './registry-rig.ts';

// Clients that others wrote: each is used where the PATH has it (scripts/install-tools), else its tests are skipped.

const run = promisify(execFile);

function missing(program: string): string | false {
  const found = (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ? false : `${program} is not on the PATH`;
}

/** A registry with a two-platform image in it. */
async function filledRig() {
  const rig = await RegistryRig.start();
  const graph = sampleGraph();
  using client = createRegistryClient({});
  const repository = client.repository(`${rig.registry.host}/zenml/api`);
  await pushAll(repository, graph);
  await repository.tag(graph.root, '1.0');
  return { rig, graph, host: rig.registry.host };
}

suite('real clients', () => {
  test('skopeo copies an image, with all its platforms, to another repository and keeps its digest', {
    skip: missing('skopeo'),
  }, async () => {
    const { rig, graph, host } = await filledRig();
    await using _ = rig;
    // Without the option it compresses layers that it finds uncompressed, as the sample's are.
    const options = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
    await run('skopeo', ['copy', ...options, `docker://${host}/zenml/api:1.0`, `docker://${host}/other:2.0`]);
    const { stdout } = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${host}/other:2.0`]);
    assert.equal(stdout, Buffer.from(graph.contents.at(-1)?.bytes ?? []).toString());
    const tags = await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${host}/other`]);
    assert.deepEqual(JSON.parse(tags.stdout).Tags, ['2.0']);
  });

  test('helm pushes a chart and pulls the same bytes, a "+" in its version included', { skip: missing('helm') }, async () => {
    await using rig = await RegistryRig.start();
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'chart'));
    await mkdir(join(folder.path, 'pulled'));
    await writeFile(join(folder.path, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: zenml\nversion: 0.93.2+one\n');
    const helm = (...args: string[]) =>
      run('helm', args, { cwd: folder.path, env: { ...process.env, HELM_CACHE_HOME: folder.path } });
    await helm('package', 'chart');
    await helm('push', 'zenml-0.93.2+one.tgz', `oci://${rig.registry.host}/charts`, '--plain-http');
    await helm('pull', `oci://${rig.registry.host}/charts/zenml`, '--version', '0.93.2+one', '--plain-http', '-d', 'pulled');
    assert.deepEqual(
      await readFile(join(folder.path, 'pulled', 'zenml-0.93.2+one.tgz')),
      await readFile(join(folder.path, 'zenml-0.93.2+one.tgz')),
    );
    assert.equal((await rig.send('HEAD', '/v2/charts/zenml/manifests/0.93.2_one')).status, 200);
  });

  test('crane finds an image sound after it copied it, and uploads nothing that it could mount', {
    skip: missing('crane'),
  }, async () => {
    const { rig, graph, host } = await filledRig();
    await using _ = rig;
    await run('crane', ['copy', `${host}/zenml/api:1.0`, `${host}/copy:1.0`]);
    assert.equal((await run('crane', ['digest', `${host}/copy:1.0`])).stdout.trim(), graph.root.digest);
    const uploads = rig.registry.log.filter(({ method, path }) => method === 'POST' && path.startsWith('/v2/copy/'));
    assert.ok(uploads.length > 0 && uploads.every(({ status }) => status === 201), 'every blob was mounted');
    assert.equal((await run('crane', ['catalog', host])).stdout, 'copy\nzenml/api\n');
  });

  test('oras attaches an artifact, finds it by the referrers API, and pulls what it pushed', {
    skip: missing('oras'),
  }, async () => {
    await using rig = await RegistryRig.start();
    await using folder = await temporaryFolder();
    const reference = `${rig.registry.host}/files:1`;
    const oras = (...args: string[]) => run('oras', args, { cwd: folder.path });
    await writeFile(join(folder.path, 'one.txt'), 'one');
    await writeFile(join(folder.path, 'sbom.json'), '{}');
    await oras('push', '--plain-http', reference, 'one.txt:text/plain');
    await oras('attach', '--plain-http', '--artifact-type', 'example/sbom', reference, 'sbom.json:application/json');
    const { stdout } = await oras('discover', '--plain-http', '--format', 'json', reference);
    assert.match(stdout, /example\/sbom/);
    await oras('pull', '--plain-http', '-o', 'pulled', reference);
    assert.equal(await readFile(join(folder.path, 'pulled', 'one.txt'), 'utf8'), 'one');
    assert.ok(!rig.registry.log.some(({ path }) => path.includes('/manifests/sha256-')), 'no fallback tag was needed');
  });
});
