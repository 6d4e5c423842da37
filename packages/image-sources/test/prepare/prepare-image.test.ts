import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { DockerArchive, PreparedCache, type PrepareEvent, prepareImage } from '@zenml-airgap/image-sources';
import { type Descriptor, digestHex, digestOf, fetchBytes, type ImageManifest } from 'oras-js';
import { collect } from '../../../oras-js/test/collect.ts';
import { sampleBytes } from '../../../oras-js/test/sample-graph.ts';
import type { TarPart } from '../archive/tar-of.ts';
import { configOf, newLayout, oldLayout, type SavedImage, savedTar } from '../docker/docker-save.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const BASE = Buffer.concat([Buffer.alloc(1_500_000, 'base'), sampleBytes(1_500_000, 1)]);
const CA = Buffer.alloc(20_000, 'a certificate');
const IMAGE: SavedImage = { layers: [BASE, CA], tags: ['corp/zenml-pro-server:0.93.2-ca'] };
const NAME = 'docker.io/corp/zenml-pro-server:0.93.2-ca';

async function prepare(
  folder: string,
  parts: readonly TarPart[],
  options: { name?: string; cache?: string; signal?: AbortSignal } = {},
) {
  const path = join(folder, 'saved.tar');
  await writeFile(path, await savedTar(parts));
  const cache = await PreparedCache.open(options.cache ?? join(folder, 'cache'));
  await using archive = await DockerArchive.open(path, { spoolFolder: cache.ingest });
  const events: PrepareEvent[] = [];
  const image = await archive.image(options.name);
  const { signal } = options;
  const root = await prepareImage(archive.archive, image, { cache, signal, onEvent: (event) => events.push(event) });
  return { cache, root, reused: events.flatMap((event) => (event.type === 'layer-prepared' ? event.reused : [])) };
}

async function manifestOf(cache: PreparedCache, root: Descriptor): Promise<ImageManifest> {
  return JSON.parse(Buffer.from(await fetchBytes(cache.layout, root)).toString());
}

const blobPath = (cache: PreparedCache, { digest }: Pick<Descriptor, 'digest'>): string =>
  join(cache.layout.path, 'blobs', 'sha256', digestHex(digest));

async function assertUnpacksTo(cache: PreparedCache, root: Descriptor, { layers }: SavedImage): Promise<void> {
  const manifest = await manifestOf(cache, root);
  const unpacked = await Promise.all(manifest.layers.map(async (layer) => gunzipSync(await collect(cache.layout.fetch(layer)))));
  assert.deepEqual(
    unpacked.map((bytes) => digestOf(bytes)),
    layers.map((bytes) => digestOf(bytes)),
  );
}

test('keeps the image’s ID, and its layers unpack to what they were, from the old layout and the new', async () => {
  await using folder = await temporaryFolder();
  const roots: Descriptor[] = [];
  for (const [index, parts] of [oldLayout([IMAGE]), newLayout(IMAGE)].entries()) {
    const { cache, root } = await prepare(folder.path, parts, { cache: join(folder.path, `cache${index}`) });
    assert.deepEqual(await collect(cache.layout.fetch((await manifestOf(cache, root)).config)), configOf(IMAGE));
    await assertUnpacksTo(cache, root, IMAGE);
    roots.push(root);
  }
  assert.deepEqual(roots[0], roots[1], 'the same image, the same digest, whatever it was archived in');
});

test('a second run compresses nothing, and an image that shares a layer only its own', async () => {
  await using folder = await temporaryFolder();
  const first = await prepare(folder.path, oldLayout([IMAGE]));
  assert.deepEqual(first.reused, [false, false]);
  const second = await prepare(folder.path, newLayout(IMAGE));
  assert.deepEqual(second.reused, [true, true]);
  assert.deepEqual(second.root, first.root);
  const other = await prepare(folder.path, oldLayout([{ ...IMAGE, layers: [BASE, Buffer.from('another')] }]));
  assert.deepEqual(other.reused, [true, false]);
});

test('prepares a layer again that was damaged in the cache, and one whose record is damaged', async () => {
  await using folder = await temporaryFolder();
  const { cache, root } = await prepare(folder.path, oldLayout([IMAGE]));
  const [base] = (await manifestOf(cache, root)).layers;
  assert.ok(base);
  const bytes = await readFile(blobPath(cache, base));
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  await writeFile(blobPath(cache, base), bytes);
  const healed = await prepare(folder.path, oldLayout([IMAGE]));
  assert.deepEqual(healed.reused, [false, true]);
  await assertUnpacksTo(healed.cache, healed.root, IMAGE);
  const records = join(cache.layout.path, 'layers');
  for (const name of await readdir(records)) await writeFile(join(records, name), '{"digest":');
  assert.deepEqual((await prepare(folder.path, oldLayout([IMAGE]))).reused, [false, false]);
});

test('two at once in one cache come to the same image', async () => {
  await using folder = await temporaryFolder();
  const parts = oldLayout([IMAGE]);
  const cache = join(folder.path, 'cache');
  const both = await Promise.all([
    prepare(folder.path, parts, { cache }),
    temporaryFolder().then(async (other) => {
      await using _ = other;
      return await prepare(other.path, parts, { cache });
    }),
  ]);
  assert.deepEqual(both[0].root, both[1].root);
  await assertUnpacksTo(both[0].cache, both[0].root, IMAGE);
  assert.deepEqual(await readdir(both[0].cache.ingest), [], 'nothing unfinished is left');
});

test('leaves layers as they are that are compressed already, by gzip or zstd', async () => {
  await using folder = await temporaryFolder();
  const [base, ca] = [gzipSync(BASE, { level: 1 }), zstdCompressSync(CA)];
  const { cache, root } = await prepare(folder.path, newLayout(IMAGE, [base, ca]));
  const { layers } = await manifestOf(cache, root);
  assert.deepEqual(
    layers.map(({ digest, mediaType }) => [digest, mediaType.split('.').pop()]),
    [
      [digestOf(base), 'tar+gzip'],
      [digestOf(ca), 'tar+zstd'],
    ],
  );
});

test('the gzip header names no time and no system, so that machines do not differ in it', async () => {
  await using folder = await temporaryFolder();
  const { cache, root } = await prepare(folder.path, oldLayout([IMAGE]));
  for (const layer of (await manifestOf(cache, root)).layers) {
    assert.equal((await collect(cache.layout.fetch(layer))).subarray(0, 10).toString('hex'), '1f8b08000000000000ff');
  }
});

test('an image with one layer twice names it twice', async () => {
  await using folder = await temporaryFolder();
  const twice: SavedImage = { layers: [CA, BASE, CA], tags: null };
  for (const parts of [oldLayout([twice]), newLayout(twice)]) {
    const { cache, root } = await prepare(folder.path, parts);
    await assertUnpacksTo(cache, root, twice);
  }
});

test('chooses among several images by name, and says which there are', async () => {
  await using folder = await temporaryFolder();
  const other: SavedImage = { layers: [BASE, Buffer.from('other')], tags: ['localhost:5000/other:1', 'docker.io/corp/third:2'] };
  const parts = oldLayout([IMAGE, other]);
  const { cache, root } = await prepare(folder.path, parts, { name: 'localhost:5000/other:1' });
  await assertUnpacksTo(cache, root, other);
  const remedy = `It has ${NAME}, localhost:5000/other:1, docker.io/corp/third:2.`;
  await assert.rejects(prepare(folder.path, parts, { name: 'docker.io/corp/absent:1' }), { code: 'NOT_FOUND', remedy });
  await assert.rejects(prepare(folder.path, parts), { code: 'NOT_FOUND', remedy });
});

test('refuses a layer that is not what the config says, and keeps nothing of it', async () => {
  await using folder = await temporaryFolder();
  const lying: SavedImage = { ...IMAGE, diffIds: [digestOf(BASE), digestOf(Buffer.from('something else'))] };
  for (const parts of [oldLayout([lying]), newLayout(lying), newLayout(lying, [BASE, gzipSync(CA)])]) {
    await assert.rejects(prepare(folder.path, parts), { code: 'DIGEST_MISMATCH' });
    assert.deepEqual((await readdir(join(folder.path, 'cache', 'layers'))).length, 1);
    assert.deepEqual(await readdir(join(folder.path, 'cache', 'ingest')), []);
  }
});

test('refuses archives that lack something or lie', async () => {
  await using folder = await temporaryFolder();
  const without = (name: RegExp): TarPart[] => oldLayout([IMAGE]).filter((part) => !name.test(part.name));
  const withManifest = (manifest: unknown): TarPart[] => [
    ...without(/^manifest/),
    { name: 'manifest.json', bytes: Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)) },
  ];
  const config = `${digestHex(digestOf(configOf(IMAGE)))}.json`;
  const cases: [string, TarPart[], string, RegExp][] = [
    ['no manifest.json', without(/^manifest/), 'INVALID_ARCHIVE', /no manifest\.json/],
    ['no JSON', withManifest('{'), 'INVALID_ARCHIVE', /not JSON/],
    ['null', withManifest([null]), 'INVALID_ARCHIVE', /names no config/],
    ['no image', withManifest([]), 'INVALID_ARCHIVE', /lists no image/],
    [
      'no config',
      without(/\.json$/).concat(withManifest([{ Config: 'absent.json', Layers: [] }]).slice(-1)),
      'INVALID_ARCHIVE',
      /is missing/,
    ],
    [
      'no layer',
      withManifest([{ Config: config, Layers: ['a/layer.tar', 'b/layer.tar'] }]),
      'INVALID_ARCHIVE',
      /a\/layer\.tar is missing/,
    ],
    ['other count', withManifest([{ Config: config, Layers: [] }]), 'INVALID_ARCHIVE', /tells of 2 layers/],
    ['path out', withManifest([{ Config: '../../etc/passwd', Layers: [] }]), 'INVALID_ARCHIVE', /leads out/],
    ['absolute path', withManifest([{ Config: config, Layers: ['/etc/passwd', 'b'] }]), 'INVALID_ARCHIVE', /leads out/],
    ['zero layers', oldLayout([{ layers: [], tags: null }]), 'UNSUPPORTED', /has no layers/],
    ['wrong diff_ids', oldLayout([{ ...IMAGE, diffIds: ['sha256:x', 'y'] }]), 'INVALID_ARCHIVE', /diff_ids/],
  ];
  for (const [title, parts, code, message] of cases) await assert.rejects(prepare(folder.path, parts), { code, message }, title);
});

test('refuses a compressed layer that is damaged', async () => {
  await using folder = await temporaryFolder();
  const parts = newLayout(IMAGE, [gzipSync(BASE, { level: 1 }).subarray(0, 50_000), CA]);
  await assert.rejects(prepare(folder.path, parts), { code: 'INVALID_ARCHIVE', message: /does not unpack/ });
});

test('stops when it is aborted in the middle of a layer, and leaves nothing unfinished', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'saved.tar');
  await writeFile(path, await savedTar(oldLayout([IMAGE])));
  const cache = await PreparedCache.open(join(folder.path, 'cache'));
  await using archive = await DockerArchive.open(path, { spoolFolder: cache.ingest });
  const controller = new AbortController();
  const preparing = prepareImage(archive.archive, await archive.image(NAME), {
    cache,
    signal: controller.signal,
    onEvent: () => controller.abort(),
  });
  await assert.rejects(preparing, { code: 'ABORTED' });
  assert.deepEqual(await readdir(cache.ingest), []);
  assert.deepEqual(await readdir(join(cache.layout.path, 'layers')), []);
});

test('reads what skopeo writes as docker-archive', async () => {
  await using folder = await temporaryFolder();
  const { cache, root } = await prepare(folder.path, oldLayout([IMAGE]));
  await cache.layout.tag(root, 'one');
  const path = join(folder.path, 'skopeo.tar');
  const target = `docker-archive:${path}:corp/one:1.0`;
  await promisify(execFile)('skopeo', ['copy', '--insecure-policy', `oci:${cache.layout.path}:one`, target]);
  await using archive = await DockerArchive.open(path, { spoolFolder: cache.ingest });
  const image = await archive.image('docker.io/corp/one:1.0');
  const again = await PreparedCache.open(join(folder.path, 'another'));
  await assertUnpacksTo(again, await prepareImage(archive.archive, image, { cache: again }), IMAGE);
});
