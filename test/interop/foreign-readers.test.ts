import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustRun } from '../fixtures/run-program.ts';
import { startContainerd } from '../real/rig/containerd.ts';
import { startDockerEngine } from '../real/rig/docker-engine.ts';
import { startDockerRegistry } from '../real/rig/docker-registry.ts';
import { EXTRA_IMAGE, RELEASE_IMAGES } from '../real/rig/release-names.ts';
import { temporaryFolder } from '../real/rig/run-folder.ts';
import { sharedBundle } from '../real/rig/shared-bundle.ts';

/** Every image: its full canonical reference, and the digest that Docker pushed it with. */
const references = [...RELEASE_IMAGES, EXTRA_IMAGE].flatMap(({ name, source, tags }) =>
  tags.map((tag) => ({ short: `${name}:${tag}`, canonical: `${source}:${tag}` })),
);

test('docker load reads the bundle as it is', { timeout: 300_000 }, async () => {
  const { tar } = await sharedBundle();
  await using folder = await temporaryFolder('docker-load');
  await mkdir(join(folder.path, 'docker'));
  await using docker = await startDockerEngine(join(folder.path, 'docker'));
  const loaded = await docker.run(['load', '-i', tar]);
  for (const { canonical } of references) {
    // Docker says docker.io's names without the host.
    const familiar = canonical.replace(/^docker\.io\/(?:library\/)?/, '');
    assert.ok(loaded.includes(`Loaded image: ${familiar}\n`), `${canonical} in:\n${loaded}`);
  }
});

test('podman load reads the bundle as it is', { timeout: 300_000 }, async () => {
  const { tar } = await sharedBundle();
  await using folder = await temporaryFolder('podman-load');
  const podman = ['--root', join(folder.path, 'root'), '--runroot', join(folder.path, 'run'), '--storage-driver', 'vfs'];
  await mustRun('podman', [...podman, 'load', '-i', tar], { timeoutMs: 240_000 });
  const listed = await mustRun('podman', [...podman, 'images', '--format', '{{.Repository}}:{{.Tag}}']);
  for (const { canonical } of references) assert.ok(listed.split('\n').includes(canonical), `${canonical} in:\n${listed}`);
});

test('ctr images import reads the bundle as it is, with the digests of the source', { timeout: 300_000 }, async () => {
  const { tar, release } = await sharedBundle();
  await using folder = await temporaryFolder('ctr-import');
  await using containerd = await startContainerd(join(folder.path, 'containerd'));
  await containerd.ctr(['images', 'import', tar]);
  const lines = (await containerd.ctr(['images', 'list'])).split('\n').map((line) => line.split(/\s+/));
  for (const { canonical, short } of references) {
    const digest = lines.find(([name]) => name === canonical)?.[2];
    assert.equal(digest, release.digests[short], canonical);
  }
});

test('oras copies out of the bundle as it is, with the digests of the source', { timeout: 300_000 }, async () => {
  const { tar, release } = await sharedBundle();
  await using folder = await temporaryFolder('oras-copy');
  await using registry = await startDockerRegistry({ name: 'oras', folder: folder.path });
  for (const { canonical, short } of references) {
    const target = `${registry.host}/copied/${short}`;
    await mustRun('oras', ['copy', '--from-oci-layout-path', tar, canonical, '--to-plain-http', target]);
    const digest = (await mustRun('oras', ['resolve', '--plain-http', target])).trim();
    assert.equal(digest, release.digests[short], canonical);
  }
});

test('skopeo reads the bundle as an OCI archive and as a docker archive', { timeout: 300_000 }, async () => {
  const { tar } = await sharedBundle();
  // In an OCI archive, skopeo 1.9 finds images of OCI's types only; Docker's own it reads from the docker archive.
  const { source, tags } = EXTRA_IMAGE;
  const oci = await inspect(`oci-archive:${tar}:${source}:${tags.join()}`);
  assert.equal(oci.Architecture, 'amd64');
  assert.equal(oci.Layers.length, 1);
  for (const { canonical, short } of references) {
    const { Layers } = await inspect(`docker-archive:${tar}:${canonical}`);
    assert.equal(Layers.length, short.startsWith('tools') ? 1 : short.includes('dashboard') ? 2 : 3, canonical);
  }
});

async function inspect(reference: string): Promise<{ readonly Architecture: string; readonly Layers: readonly string[] }> {
  return JSON.parse(await mustRun('skopeo', ['inspect', reference])) as { Architecture: string; Layers: string[] };
}
