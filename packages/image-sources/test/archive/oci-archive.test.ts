import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { OciArchive } from '@zenml-airgap/image-sources';
import { contentOf, digestHex, digestOf, MediaType, OciLayout } from 'oras-js';
import { collect } from '../../../oras-js/test/collect.ts';
import { readSuite } from '../../../oras-js/test/read-suite.ts';
import { pushAll, type SampleGraph, sampleContent, sampleGraph, sampleManifest } from '../../../oras-js/test/sample-graph.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type TarPart, tarOf } from './tar-of.ts';

const run = promisify(execFile);
const OPTIONS = (path: string) => ({ spoolFolder: join(path, 'spool') });

function layoutParts({ contents, root }: SampleGraph): TarPart[] {
  const manifests = [{ ...root, annotations: { 'org.opencontainers.image.ref.name': '1.0' } }];
  return [
    { name: 'oci-layout', bytes: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { name: 'index.json', bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })) },
    { name: 'blobs/sha256/', type: 'directory' },
    ...contents.map(({ descriptor, bytes }) => ({ name: `blobs/sha256/${digestHex(descriptor.digest)}`, bytes })),
  ];
}

async function archiveOf(graph: SampleGraph, change: (bytes: Buffer) => Uint8Array = (bytes) => bytes) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'image.tar');
  await writeFile(path, change(await tarOf(layoutParts(graph))));
  return { folder, path };
}

async function openRig(folder: Awaited<ReturnType<typeof temporaryFolder>>, path: string) {
  const target = await OciArchive.open(path, OPTIONS(folder.path));
  return {
    target,
    reference: '1.0',
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

readSuite('OciArchive', async (graph) => {
  const { folder, path } = await archiveOf(graph);
  return openRig(folder, path);
});

readSuite('OciArchive, written by GNU tar from a layout', async (graph) => {
  const folder = await temporaryFolder();
  const layout = await OciLayout.open(join(folder.path, 'layout'), { create: true });
  await pushAll(layout, graph);
  await layout.tag(graph.root, '1.0');
  const path = join(folder.path, 'image.tar');
  await run('tar', ['-C', layout.path, '-cf', path, '.']);
  return openRig(folder, path);
});

test('reads an archive under gzip, and leaves no unpacked file behind', async () => {
  const graph = sampleGraph();
  const { folder, path } = await archiveOf(graph, (bytes) => gzipSync(bytes, { level: 1 }));
  await using _ = folder;
  await using target = await OciArchive.open(path, OPTIONS(folder.path));
  assert.deepEqual(await collect(target.fetch(graph.layer.descriptor)), Buffer.from(graph.layer.bytes));
  assert.deepEqual(await readdir(OPTIONS(folder.path).spoolFolder), []);
});

test('says INVALID_ARCHIVE for one under gzip that was cut short', async () => {
  const { folder, path } = await archiveOf(sampleGraph(), (bytes) => gzipSync(bytes, { level: 1 }).subarray(0, 100_000));
  await using _ = folder;
  await assert.rejects(OciArchive.open(path, OPTIONS(folder.path)), { code: 'INVALID_ARCHIVE', message: /cut short/ });
});

test('says INVALID_ARCHIVE wherever the tar was cut', async () => {
  const graph = sampleGraph();
  const whole = await tarOf(layoutParts(graph));
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'image.tar');
  for (const end of [511, 512, 1024, 1500, 100_000, whole.length - 1500, whole.length - 1024]) {
    await writeFile(path, whole.subarray(0, end));
    await assert.rejects(
      OciArchive.open(path, OPTIONS(folder.path)),
      { code: 'INVALID_ARCHIVE', message: /cut short/ },
      `cut at ${end}`,
    );
  }
});

test('says which file a cut goes through', async () => {
  const { folder, path } = await archiveOf(sampleGraph(), (bytes) => bytes.subarray(0, 100_000));
  await using _ = folder;
  await assert.rejects(OciArchive.open(path, OPTIONS(folder.path)), { message: /cut short: blobs\/sha256\/\w{64} ends after/ });
});

test('says DIGEST_MISMATCH where a blob was changed', async () => {
  const graph = sampleGraph();
  const { folder, path } = await archiveOf(graph, (bytes) => {
    const at = bytes.indexOf(graph.layer.bytes.subarray(0, 64));
    bytes[at + 1_500_000] = (bytes[at + 1_500_000] ?? 0) ^ 1;
    return bytes;
  });
  await using _ = folder;
  await using target = await OciArchive.open(path, OPTIONS(folder.path));
  await assert.rejects(collect(target.fetch(graph.layer.descriptor)), { code: 'DIGEST_MISMATCH' });
});

test('says NOT_FOUND with the names that are there', async () => {
  const { folder, path } = await archiveOf(sampleGraph());
  await using _ = folder;
  await using target = await OciArchive.open(path, OPTIONS(folder.path));
  await assert.rejects(target.resolve('2.0'), { code: 'NOT_FOUND', remedy: 'It has 1.0.' });
  await assert.rejects(OciArchive.open(join(folder.path, 'absent.tar'), OPTIONS(folder.path)), { code: 'NOT_FOUND' });
});

test('reads what skopeo writes as oci-archive', async () => {
  const layer = sampleContent(MediaType.ociLayerGzip, gzipSync(Buffer.alloc(100_000, 'content')));
  const rootfs = { type: 'layers', diff_ids: [digestOf(Buffer.alloc(100_000, 'content'))] };
  const config = sampleContent(MediaType.ociConfig, Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs })));
  const image = sampleManifest(MediaType.ociManifest, { config: config.descriptor, layers: [layer.descriptor] });
  await using folder = await temporaryFolder();
  const layout = await OciLayout.open(join(folder.path, 'layout'), { create: true });
  for (const { descriptor, bytes } of [layer, config, image]) await layout.push(descriptor, contentOf(bytes));
  await layout.tag(image.descriptor, 'one');
  const path = join(folder.path, 'skopeo.tar');
  await run('skopeo', ['copy', '--insecure-policy', `oci:${layout.path}:one`, `oci-archive:${path}:corp/one:1.0`]);
  await using target = await OciArchive.open(path, OPTIONS(folder.path));
  assert.deepEqual(target.only, await target.resolve('corp/one:1.0'));
  assert.deepEqual(await collect(target.fetch(layer.descriptor)), Buffer.from(layer.bytes));
  assert.deepEqual(await collect(target.fetch(config.descriptor)), Buffer.from(config.bytes));
});
