import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startContainerd } from '../real/rig/containerd.ts';
import { startDockerEngine } from '../real/rig/docker-engine.ts';
import { startDockerRegistry } from '../real/rig/docker-registry.ts';
import { RELEASE_IMAGES } from '../real/rig/release-names.ts';
import { temporaryFolder } from '../real/rig/run-folder.ts';
import { mustRun } from '../real/rig/run-program.ts';
import { sharedBundle } from '../real/rig/shared-bundle.ts';

/** Every image: its full canonical reference, and the digest that Docker pushed it with. */
const references = RELEASE_IMAGES.flatMap(({ name, source, tags }) =>
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
    assert.ok(loaded.includes(`Loaded image: ${canonical.replace('docker.io/', '')}\n`), `${canonical} in:\n${loaded}`);
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
  const { tar, release } = await sharedBundle();
  const [client] = references.slice(-1);
  assert.ok(client !== undefined);
  const oci = JSON.parse(await mustRun('skopeo', ['inspect', `oci-archive:${tar}:${client.canonical}`])) as { Digest: string };
  assert.equal(oci.Digest, release.digests[client.short]);
  const archive = `docker-archive:${tar}:${client.canonical}`;
  const docker = JSON.parse(await mustRun('skopeo', ['inspect', archive])) as { Layers: string[] };
  assert.equal(docker.Layers.length, 3);
});
