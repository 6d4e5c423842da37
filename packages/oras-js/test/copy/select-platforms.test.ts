import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contentOf,
  type Descriptor,
  digestOf,
  fetchBytes,
  MediaType,
  MemoryTarget,
  parsePlatform,
  selectPlatforms,
} from 'oras-js';
import { type SampleContent, sampleContent, sampleManifest } from '../sample-graph.ts';

const KEY = 'example.original';

/** An image whose config states `platform`. */
async function image(target: MemoryTarget, platform: object): Promise<SampleContent> {
  const config = sampleContent(MediaType.ociConfig, Buffer.from(JSON.stringify(platform)));
  const manifest = sampleManifest(MediaType.ociManifest, { config: config.descriptor, layers: [] });
  for (const { descriptor, bytes } of [config, manifest]) await target.push(descriptor, contentOf(bytes));
  return manifest;
}

async function index(target: MemoryTarget, fields: { manifests: object[]; [key: string]: unknown }): Promise<SampleContent> {
  const content = sampleManifest(MediaType.ociIndex, fields);
  await target.push(content.descriptor, contentOf(content.bytes));
  return content;
}

async function select(target: MemoryTarget, root: Descriptor, ...platforms: string[]) {
  const selected = await selectPlatforms(target, root, { wanted: platforms.map(parsePlatform), originalKey: KEY });
  const bytes = selected.indices.get(selected.root.digest) ?? (await fetchBytes(target, selected.root));
  return { ...selected, bytes, json: JSON.parse(Buffer.from(bytes).toString()) };
}

/** amd64 with its attestation, arm64, arm v6 and v7. */
async function published() {
  const target = new MemoryTarget();
  const [amd64, arm64, v6, v7] = [
    await image(target, { os: 'linux', architecture: 'amd64' }),
    await image(target, { os: 'linux', architecture: 'arm64' }),
    await image(target, { os: 'linux', architecture: 'arm', variant: 'v6' }),
    await image(target, { os: 'linux', architecture: 'arm', variant: 'v7' }),
  ];
  const attestation = await image(target, { os: 'unknown', architecture: 'unknown' });
  const attests = (of: SampleContent) => ({
    ...attestation.descriptor,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.digest': of.descriptor.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
  });
  const root = await index(target, {
    manifests: [
      { ...amd64.descriptor, platform: { os: 'linux', architecture: 'amd64' }, 'x-unknown': 1 },
      { ...arm64.descriptor, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { ...v6.descriptor, platform: { os: 'linux', architecture: 'arm', variant: 'v6' } },
      { ...v7.descriptor, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
      attests(amd64),
    ],
    annotations: { kept: 'yes' },
    'x-unknown': [true],
  });
  return { target, root: root.descriptor, amd64, arm64, v6, v7, attestation };
}

const digests = (json: { manifests: { digest: string }[] }): string[] => json.manifests.map(({ digest }) => digest);

test('keeps the named platforms and their attestations, and names the original', async () => {
  const { target, root, amd64, attestation } = await published();
  const selected = await select(target, root, 'linux/amd64');
  assert.deepEqual(digests(selected.json), [amd64.descriptor.digest, attestation.descriptor.digest]);
  assert.deepEqual(selected.json.annotations, { kept: 'yes', [KEY]: root.digest });
  assert.deepEqual([selected.json['x-unknown'], selected.json.manifests[0]['x-unknown']], [[true], 1]);
  assert.deepEqual(selected.root, { ...root, digest: digestOf(selected.bytes), size: selected.bytes.byteLength });
});

test('leaves an index alone from which nothing has to go', async () => {
  const { target, root } = await published();
  const selected = await select(target, root, 'linux/amd64', 'linux/arm64', 'linux/arm');
  assert.deepEqual([selected.root, selected.indices.size], [root, 0]);
});

test('drops the attestation of a platform that goes', async () => {
  const { target, root, arm64 } = await published();
  assert.deepEqual(digests((await select(target, root, 'linux/aarch64')).json), [arm64.descriptor.digest]);
});

test('a platform without variant names all of its variants, one with a variant names that one', async () => {
  const { target, root, v6, v7 } = await published();
  assert.deepEqual(digests((await select(target, root, 'linux/arm')).json), [v6.descriptor.digest, v7.descriptor.digest]);
  assert.deepEqual(digests((await select(target, root, 'linux/arm/v6')).json), [v6.descriptor.digest]);
});

test('an index that lacks a platform is an error that lists those it has', async () => {
  const { target, root } = await published();
  await assert.rejects(select(target, root, 'linux/amd64', 'linux/s390x', 'windows/amd64'), {
    code: 'PLATFORM_ABSENT',
    message: 'there is no linux/s390x, windows/amd64; there is linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64/v8',
  });
});

test('a single image is taken if it is for one of the platforms, and is an error otherwise', async () => {
  const target = new MemoryTarget();
  const { descriptor } = await image(target, { os: 'linux', architecture: 'amd64' });
  assert.deepEqual((await select(target, descriptor, 'linux/amd64', 'linux/arm64')).root, descriptor);
  await assert.rejects(select(target, descriptor, 'linux/arm64'), {
    code: 'PLATFORM_ABSENT',
    message: 'there is no linux/arm64; there is linux/amd64',
  });
});

test('an image that an index lists without its platform is known by its config; what states none stays', async () => {
  const target = new MemoryTarget();
  const amd64 = await image(target, { os: 'linux', architecture: 'amd64' });
  const arm64 = await image(target, { os: 'linux', architecture: 'arm64' });
  const stateless = await image(target, {});
  const root = await index(target, { manifests: [amd64, arm64, stateless].map(({ descriptor }) => descriptor) });
  const selected = await select(target, root.descriptor, 'linux/arm64');
  assert.deepEqual(digests(selected.json), [arm64.descriptor.digest, stateless.descriptor.digest]);
});

test('an index within an index is cut down too, and one without a wanted image goes', async () => {
  const target = new MemoryTarget();
  const amd64 = await image(target, { os: 'linux', architecture: 'amd64' });
  const arm64 = await image(target, { os: 'linux', architecture: 'arm64' });
  const both = await index(target, { manifests: [amd64.descriptor, arm64.descriptor] });
  const only = await index(target, { manifests: [arm64.descriptor] });
  const root = await index(target, { manifests: [{ ...both.descriptor, data: 'AAAA' }, only.descriptor] });
  const { indices, json } = await select(target, root.descriptor, 'linux/amd64');
  assert.equal(indices.size, 2);
  assert.equal(json.manifests.length, 1);
  const [inner] = json.manifests;
  const bytes = indices.get(inner.digest);
  assert.deepEqual([inner.size, inner.data], [bytes?.byteLength, undefined]);
  assert.deepEqual(digests(JSON.parse(Buffer.from(bytes ?? []).toString())), [amd64.descriptor.digest]);
});

test('the same selection makes the same bytes', async () => {
  const { target, root } = await published();
  const [first, second] = [await select(target, root, 'linux/arm'), await select(target, root, 'linux/arm')];
  assert.equal(first.root.digest, second.root.digest);
});

for (const text of ['linux', '', 'linux/', '/amd64', 'linux/arm/v7/x', 'linux/a b', 'linux/\u202eamd64']) {
  test(`${JSON.stringify(text)} is no platform`, () => {
    assert.throws(() => parsePlatform(text), { code: 'INVALID_PLATFORM' });
  });
}

test('an index whose images state no platform has none to lack', async () => {
  const target = new MemoryTarget();
  const { descriptor } = await image(target, {});
  const root = await index(target, { manifests: [descriptor] });
  assert.deepEqual((await select(target, root.descriptor, 'linux/amd64')).root, root.descriptor);
});
