import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blobOf, errorOf, RegistryRig, randomBlob } from './registry-rig.ts';

suite('uploads', () => {
  let rig: RegistryRig;
  before(async () => {
    rig = await RegistryRig.start();
  });
  after(() => rig[Symbol.asyncDispose]());
  const head = async (digest: string, repository = 'a/b') => (await rig.send('HEAD', `/v2/${repository}/blobs/${digest}`)).status;

  test('take POST, then PUT with the whole body', async () => {
    const blob = randomBlob(2_345_678);
    const location = await rig.begin('a/b');
    assert.match(location, /^\/v2\/a\/b\/blobs\/uploads\/[0-9a-f-]{36}$/);
    const response = await rig.send('PUT', `${location}?digest=${blob.digest}`, { body: blob.bytes });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('location'), `/v2/a/b/blobs/${blob.digest}`);
    assert.equal(response.headers.get('docker-content-digest'), blob.digest);
    assert.equal(await head(blob.digest), 200);
  });

  test('take POST, one PATCH, and an empty PUT', async () => {
    const blob = randomBlob(2_345_678);
    const location = await rig.begin('a/b');
    const patch = await rig.send('PATCH', location, { body: blob.bytes });
    assert.equal(patch.status, 202);
    assert.equal(patch.headers.get('range'), '0-2345677');
    assert.equal(await head(blob.digest), 404, 'nothing is visible before it is verified');
    assert.equal((await rig.send('PUT', `${location}?digest=${blob.digest}`)).status, 201);
    assert.equal(await head(blob.digest), 200);
  });

  test('take one POST with the digest', async () => {
    const blob = randomBlob(10);
    await rig.pushBlob('a/b', blob);
    assert.equal(await head(blob.digest), 200);
  });

  test('take chunks in order, the last one with PUT, and say where to go on after a wrong one', async () => {
    const blob = randomBlob(3000);
    const location = await rig.begin('a/b');
    const chunk = (method: string, path: string, start: number, end: number) =>
      rig.send(method, path, { headers: { 'Content-Range': `${start}-${end - 1}` }, body: blob.bytes.subarray(start, end) });
    assert.equal((await chunk('PATCH', location, 0, 1000)).status, 202);
    const wrong = await chunk('PATCH', location, 2000, 3000);
    assert.equal(wrong.status, 416);
    assert.equal(wrong.headers.get('range'), '0-999');
    assert.equal(wrong.headers.get('location'), location);
    const status = await rig.send('GET', location);
    assert.deepEqual([status.status, status.headers.get('range')], [204, '0-999']);
    assert.equal((await chunk('PATCH', location, 1000, 2000)).status, 202);
    assert.equal((await chunk('PUT', `${location}?digest=${blob.digest}`, 2000, 3000)).status, 201);
    const stored = await rig.send('GET', `/v2/a/b/blobs/${blob.digest}`);
    assert.deepEqual(Buffer.from(await stored.arrayBuffer()), blob.bytes);
  });

  test('refuse a Content-Range that the body does not have', async () => {
    const location = await rig.begin('a/b');
    const body = Buffer.alloc(10);
    const response = await rig.send('PATCH', location, { headers: { 'Content-Range': '0-99' }, body });
    assert.equal((await errorOf(response)).code, 'SIZE_INVALID');
  });

  test('refuse content with another digest, and forget it', async () => {
    const [blob, other] = [randomBlob(1000), randomBlob(1000)];
    const location = await rig.begin('a/b');
    const response = await rig.send('PUT', `${location}?digest=${blob.digest}`, { body: other.bytes });
    const { status, code } = await errorOf(response);
    assert.deepEqual({ status, code }, { status: 400, code: 'DIGEST_INVALID' });
    assert.equal(await head(blob.digest), 404);
    assert.equal(await head(other.digest), 404);
    assert.equal((await errorOf(await rig.send('GET', location))).code, 'BLOB_UPLOAD_UNKNOWN');
  });

  test('refuse a digest that is none', async () => {
    const location = await rig.begin('a/b');
    for (const digest of ['', 'sha256:abc', 'md5:d41d8cd98f00b204e9800998ecf8427e', '../../x']) {
      const response = await rig.send('PUT', `${location}?digest=${encodeURIComponent(digest)}`);
      assert.equal((await errorOf(response)).code, 'DIGEST_INVALID', digest);
    }
  });

  test('know sha512', async () => {
    const blob = blobOf(randomBlob(5000).bytes, 'sha512');
    await rig.pushBlob('a/b', blob);
    assert.equal(await head(blob.digest), 200);
  });

  test('can be cancelled', async () => {
    const location = await rig.begin('a/b');
    assert.equal((await rig.send('DELETE', location)).status, 204);
    assert.equal((await rig.send('PATCH', location, { body: Buffer.from('late') })).status, 404);
  });

  test('belong to the repository in which they began', async () => {
    const location = await rig.begin('a/b');
    const response = await rig.send('GET', location.replace('/a/b/', '/c/d/'));
    assert.equal((await errorOf(response)).code, 'BLOB_UPLOAD_UNKNOWN');
  });

  test('mount from the repository that is named, or from any, and begin an upload where that one lacks it', async () => {
    const blob = randomBlob(1000);
    await rig.pushBlob('mount/from', blob);
    const mount = (repository: string, from: string) =>
      rig.send('POST', `/v2/${repository}/blobs/uploads/?mount=${blob.digest}${from}`);
    assert.equal((await mount('mount/one', '&from=mount/from')).status, 201);
    assert.equal((await mount('mount/two', '')).status, 201);
    assert.equal(await head(blob.digest, 'mount/one'), 200);
    assert.equal(await head(blob.digest, 'mount/two'), 200);
    const refused = await mount('mount/three', '&from=not/there');
    assert.equal(refused.status, 202);
    assert.match(refused.headers.get('location') ?? '', /^\/v2\/mount\/three\/blobs\/uploads\//);
    assert.equal(await head(blob.digest, 'mount/three'), 404);
  });

  test('keep what came before the client hung up, and go on there', async () => {
    const blob = randomBlob(3_000_000);
    const location = await rig.begin('a/b');
    const broken = request(new URL(location, rig.registry.url), { method: 'PATCH', headers: { 'Content-Length': '3000000' } });
    broken.on('error', () => undefined);
    broken.write(blob.bytes.subarray(0, 1_500_000));
    const entry = () => rig.registry.log.findLast(({ method, path }) => method === 'PATCH' && path === location);
    while ((entry()?.requestBytes ?? 0) < 1_500_000) await sleep(5);
    broken.destroy();
    await new Promise((resolve) => broken.once('close', resolve));
    while (entry()?.error === undefined) await sleep(5);
    assert.equal(entry()?.status, 0);
    const range = (await rig.send('GET', location)).headers.get('range');
    assert.equal(range, '0-1499999');
    const rest = await rig.send('PATCH', location, {
      headers: { 'Content-Range': '1500000-2999999' },
      body: blob.bytes.subarray(1_500_000),
    });
    assert.equal(rest.status, 202);
    assert.equal((await rig.send('PUT', `${location}?digest=${blob.digest}`)).status, 201);
  });

  test('take many blobs at once', async () => {
    const blobs = Array.from({ length: 12 }, (_, i) => randomBlob(100_000 + i * 200_000));
    await Promise.all(blobs.map((blob) => rig.pushBlob('many', blob)));
    for (const { bytes, digest } of blobs) {
      const response = await rig.send('GET', `/v2/many/blobs/${digest}`);
      assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes), 0);
    }
  });
});
