import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentOf, digestHex, OciLayout } from 'oras-js';
import { collect } from '../collect.ts';
import { pushAll, readSuite, sampleBytes, sampleContent, sampleGraph, writeSuite } from '../target-suite.ts';
import { temporaryFolder } from '../temporary-folder.ts';

readSuite('OciLayout', async (graph) => {
  const folder = await temporaryFolder();
  const target = await OciLayout.open(folder.path, { create: true });
  await pushAll(target, graph);
  await target.tag(graph.root, '1.0');
  return {
    target: await OciLayout.open(folder.path),
    reference: '1.0',
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
});

writeSuite('OciLayout', async () => {
  const folder = await temporaryFolder();
  const target = await OciLayout.open(join(folder.path, 'new', 'layout'), { create: true });
  return { target, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
});

test('writes the files that the image-spec asks for, and leaves nothing unfinished', async () => {
  await using folder = await temporaryFolder();
  const graph = sampleGraph();
  const layout = await OciLayout.open(folder.path, { create: true });
  await pushAll(layout, graph);
  await layout.tag(graph.root, 'docker.io/zenmldocker/zenml:0.93.2');
  assert.deepEqual(JSON.parse(await readFile(join(folder.path, 'oci-layout'), 'utf8')), { imageLayoutVersion: '1.0.0' });
  assert.deepEqual(JSON.parse(await readFile(join(folder.path, 'index.json'), 'utf8')), {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ ...graph.root, annotations: { 'org.opencontainers.image.ref.name': 'docker.io/zenmldocker/zenml:0.93.2' } }],
  });
  assert.deepEqual(
    (await readdir(join(folder.path, 'blobs', 'sha256'))).sort(),
    graph.contents.map(({ descriptor }) => digestHex(descriptor.digest)).sort(),
  );
  assert.deepEqual(await readdir(join(folder.path, 'ingest')), []);
});

test('leaves nothing unfinished behind when a push fails, and says which way the content is wrong', async () => {
  await using folder = await temporaryFolder();
  const layout = await OciLayout.open(folder.path, { create: true });
  const { descriptor, bytes } = sampleContent('application/octet-stream', sampleBytes(3_000, 5));
  await assert.rejects(layout.push(descriptor, contentOf(bytes.subarray(1))), { code: 'SIZE_MISMATCH' });
  await assert.rejects(layout.push(descriptor, contentOf(Buffer.alloc(3_000))), { code: 'DIGEST_MISMATCH' });
  await assert.rejects(layout.push(descriptor, contentOf(Buffer.concat([bytes, bytes]))), { code: 'SIZE_MISMATCH' });
  assert.deepEqual(await readdir(join(folder.path, 'ingest')), []);
  assert.deepEqual(await readdir(join(folder.path, 'blobs', 'sha256')), []);
});

test('opens nothing, and makes nothing, once the signal is aborted', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'new');
  await assert.rejects(OciLayout.open(path, { create: true, signal: AbortSignal.abort() }), { code: 'ABORTED' });
  assert.deepEqual(await readdir(folder.path), []);
});

test('waits for no pipe, and follows no link, in place of index.json', async () => {
  await using folder = await temporaryFolder();
  const layout = await OciLayout.open(folder.path, { create: true });
  const index = join(folder.path, 'index.json');
  await rename(index, join(folder.path, 'elsewhere.json'));
  await symlink('elsewhere.json', index);
  await assert.rejects(layout.resolve('1.0'), { code: 'INVALID_LAYOUT' });
  await rm(index);
  execFileSync('mkfifo', [index]);
  await assert.rejects(layout.resolve('1.0'), { code: 'INVALID_LAYOUT' });
});

test('notices a blob that was changed on disk', async () => {
  await using folder = await temporaryFolder();
  const layout = await OciLayout.open(folder.path, { create: true });
  const { descriptor, bytes } = sampleContent('application/octet-stream', sampleBytes(3_000, 5));
  await layout.push(descriptor, contentOf(bytes));
  const path = join(folder.path, 'blobs', 'sha256', digestHex(descriptor.digest));
  await rm(path);
  await writeFile(path, Buffer.alloc(3_000));
  await assert.rejects(collect(layout.fetch(descriptor)), { code: 'DIGEST_MISMATCH' });
  await writeFile(path, Buffer.concat([bytes, Buffer.from('tail')]));
  await assert.rejects(collect(layout.fetch(descriptor)), { code: 'SIZE_MISMATCH' });
  assert.equal(await layout.exists(descriptor), false);
});

test('follows no link and waits for no pipe in place of a blob', { skip: process.platform === 'win32' }, async () => {
  await using folder = await temporaryFolder();
  const layout = await OciLayout.open(folder.path, { create: true });
  const { descriptor, bytes } = sampleContent('application/octet-stream', sampleBytes(3_000, 5));
  const path = join(folder.path, 'blobs', 'sha256', digestHex(descriptor.digest));
  await writeFile(join(folder.path, 'elsewhere'), bytes);
  await symlink(join(folder.path, 'elsewhere'), path);
  assert.equal(await layout.exists(descriptor), false);
  await assert.rejects(collect(layout.fetch(descriptor)), { code: 'NOT_FOUND' });
  await rm(path);
  execFileSync('mkfifo', [path]);
  await assert.rejects(collect(layout.fetch(descriptor)), { code: 'NOT_FOUND' });
});

test('refuses a folder that is no layout, of another version, or with a broken index', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(OciLayout.open(folder.path), { code: 'INVALID_LAYOUT' });
  await mkdir(join(folder.path, 'blobs'));
  for (const text of ['{', '{"imageLayoutVersion":"2.0.0"}', 'null']) {
    await writeFile(join(folder.path, 'oci-layout'), text);
    await assert.rejects(OciLayout.open(folder.path, { create: true }), { code: 'INVALID_LAYOUT' }, text);
  }
  await writeFile(join(folder.path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const layout = await OciLayout.open(folder.path);
  await assert.rejects(layout.resolve('1.0'), { code: 'INVALID_LAYOUT' });
  await writeFile(join(folder.path, 'index.json'), '{"schemaVersion":2,"manifests":[{"digest":"sha256:../../x"}]}');
  await assert.rejects(layout.resolve('1.0'), { code: 'INVALID_LAYOUT' });
});

test('keeps what another tool listed', async () => {
  await using folder = await temporaryFolder();
  const graph = sampleGraph();
  const layout = await OciLayout.open(folder.path, { create: true });
  await pushAll(layout, graph);
  const foreign = { ...graph.images[0], platform: { os: 'linux', architecture: 'amd64' }, annotations: { 'org.example': 'x' } };
  await writeFile(join(folder.path, 'next.json'), JSON.stringify({ schemaVersion: 2, manifests: [foreign] }));
  await rename(join(folder.path, 'next.json'), join(folder.path, 'index.json'));
  await layout.tag(graph.root, '1.0');
  const index = JSON.parse(await readFile(join(folder.path, 'index.json'), 'utf8'));
  assert.deepEqual(index.manifests[0], foreign);
  assert.equal(index.manifests.length, 2);
});
