import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { BundleReader, loadTrustedKey } from '@zenml-airgap/bundle-file';
import { contentOf, createRegistryClient, type Descriptor, fetchBytes, MediaType } from 'oras-js';
import { pushSample } from '../../../../test/fixtures/push-sample.ts';
import { sampleContent } from '../../../../test/fixtures/sample-image.ts';
import { mirrorOf } from '../../src/resolve/mirrors.ts';
import { type BundlerRig, bundlerRig, mirrorsTo } from '../fixtures/bundler-rig.ts';
import { smallImage } from '../fixtures/small-release.ts';

const REQUEST = `scenario: hybrid
versions: { workspaceServer: 0.93.2 }
charts: []
images: [docker.io/acme/tool:1.0]
signing: { key: airgap.key }`;

/** Publishes a tool for two platforms. @returns its index and the two images */
async function publishTool({ upstream }: BundlerRig): Promise<{ index: Descriptor; images: Descriptor[] }> {
  using client = createRegistryClient();
  const repository = client.repository(mirrorOf('docker.io/acme/tool', mirrorsTo(upstream.host)));
  const images: Descriptor[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const image = await smallImage(`tool-${architecture}`);
    await pushSample(repository, architecture, image);
    images.push({ ...image.manifest.descriptor, platform: { os: 'linux', architecture } });
  }
  const index = sampleContent(
    MediaType.ociIndex,
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: images })),
  );
  await repository.push(index.descriptor, contentOf(index.bytes));
  await repository.tag(index.descriptor, '1.0');
  return { index: index.descriptor, images };
}

test('--platform carries one platform, under a digest of its own, and says what that does to signatures', async () => {
  await using rig = await bundlerRig();
  await rig.run('keygen', rig.path('airgap'), '--no-passphrase');
  const { index, images } = await publishTool(rig);
  const file = await rig.request(REQUEST);
  const first = await rig.run('build', '-f', file, '-o', rig.path('a.tar'), '--platform', 'linux/amd64');
  assert.equal(first.code, 0, first.err);
  assert.match(first.err, /warning: tool:1\.0: cut down to some platforms.*signatures over the published index do not match it/);

  const key = loadTrustedKey(await readFile(rig.path('airgap.pub'), 'utf8'), 'airgap.pub');
  await using reader = await BundleReader.open(rig.path('a.tar'), { keys: [key] });
  await reader.verify();
  const tool = reader.manifest.artifacts.find(({ name }) => name === 'tool');
  assert.ok(tool);
  assert.deepEqual(tool.platforms, [{ os: 'linux', architecture: 'amd64' }]);
  assert.deepEqual(tool.original, { mediaType: index.mediaType, digest: index.digest, size: index.size });
  const carried = JSON.parse(Buffer.from(await fetchBytes(reader, tool.root)).toString());
  assert.deepEqual(carried.manifests, [images[0]]);
  assert.equal(carried.annotations['io.zenml.airgap.original-digest'], index.digest);
  const digests = reader.manifest.blobs.map(({ digest }) => digest);
  assert.ok(images[1] && !digests.includes(images[1].digest) && !digests.includes(index.digest));

  // The same again from the lock, to the byte; without the platform the lock is another request's.
  const again = await rig.run('build', '-f', file, '-o', rig.path('b.tar'), '--platform', 'linux/amd64', '--locked');
  assert.equal(again.code, 0, again.err);
  await using rebuilt = await BundleReader.open(rig.path('b.tar'), { keys: [key] });
  assert.equal(rebuilt.manifestDigest, reader.manifestDigest);
  const { code, err } = await rig.run('build', '-f', file, '-o', rig.path('c.tar'), '--locked');
  assert.deepEqual([code, /LOCK_OUTDATED/.test(err)], [3, true], err);
});

test('a platform that an image lacks stops before anything is written, and says which there are', async () => {
  await using rig = await bundlerRig();
  await publishTool(rig);
  const file = await rig.request(`${REQUEST}\nplatforms: [linux/amd64, linux/s390x]`);
  const { code, err } = await rig.run('plan', '-f', file);
  assert.equal(code, 3, err);
  assert.match(err, /docker\.io\/acme\/tool:1\.0: there is no linux\/s390x; there is linux\/amd64, linux\/arm64/);
  assert.deepEqual(await rig.left(), ['zenml-bundle.yaml']);
});

test('--platform that is none is a usage error', async () => {
  await using rig = await bundlerRig();
  const { code, err } = await rig.run('plan', '--platform', 'amd64');
  assert.equal(code, 2);
  assert.match(err, /OS\/ARCHITECTURE\[\/VARIANT\]/);
});
