import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { parseRange } from '../src/http/parse-range.ts';
import { type Blob, errorOf, RegistryRig, randomBlob } from './registry-rig.ts';

suite('blobs', () => {
  let rig: RegistryRig;
  let blob: Blob;
  before(async () => {
    rig = await RegistryRig.start();
    blob = randomBlob(3_000_000);
    await rig.pushBlob('zenml/api', blob);
  });
  after(() => rig[Symbol.asyncDispose]());
  const path = () => `/v2/zenml/api/blobs/${blob.digest}`;

  test('are served whole, with their digest and size', async () => {
    const response = await rig.send('GET', path());
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('docker-content-digest'), blob.digest);
    assert.equal(response.headers.get('content-length'), '3000000');
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), blob.bytes);
  });

  test('answer HEAD with the same headers and no body', async () => {
    const response = await rig.send('HEAD', path());
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-length'), '3000000');
    assert.equal(response.headers.get('accept-ranges'), 'bytes');
    assert.equal((await response.arrayBuffer()).byteLength, 0);
  });

  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=1000000-', 1_000_000, 3_000_000],
    ['bytes=5-2000004', 5, 2_000_005],
    ['bytes=-7', 2_999_993, 3_000_000],
    ['bytes=2999999-9999999', 2_999_999, 3_000_000],
  ] as const) {
    test(`are served in part: ${range}`, async () => {
      const response = await rig.send('GET', path(), { headers: { Range: range } });
      assert.equal(response.status, 206);
      assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/3000000`);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), blob.bytes.subarray(start, end));
    });
  }

  test('refuse a range that they do not have, saying how long they are', async () => {
    const response = await rig.send('GET', path(), { headers: { Range: 'bytes=3000000-' } });
    assert.equal(response.headers.get('content-range'), 'bytes */3000000');
    assert.equal((await errorOf(response)).status, 416);
  });

  test('are served whole when the range was for other content', async () => {
    const response = await rig.send('GET', path(), { headers: { Range: 'bytes=5-', 'If-Range': '"other"' } });
    assert.equal(response.status, 200);
    await response.arrayBuffer();
  });

  test('are unknown in a repository that does not link to them', async () => {
    const response = await rig.send('GET', `/v2/other/blobs/${blob.digest}`);
    const { status, code, detail } = await errorOf(response);
    assert.deepEqual({ status, code, detail }, { status: 404, code: 'BLOB_UNKNOWN', detail: { digest: blob.digest } });
    assert.equal((await rig.send('HEAD', `/v2/other/blobs/${blob.digest}`)).status, 404);
  });

  test('are deleted from one repository and stay in the other', async () => {
    await rig.send('POST', `/v2/second/blobs/uploads/?mount=${blob.digest}&from=zenml/api`);
    assert.equal((await rig.send('DELETE', `/v2/second/blobs/${blob.digest}`)).status, 202);
    assert.equal((await rig.send('HEAD', `/v2/second/blobs/${blob.digest}`)).status, 404);
    assert.equal((await rig.send('HEAD', path())).status, 200);
  });
});

test('parseRange sends everything for what it does not understand', () => {
  for (const header of [undefined, '', 'lines=1-2', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=0-1,4-5', 'bytes=a-b']) {
    assert.equal(parseRange(header, 10), undefined, header);
  }
  assert.equal(parseRange('bytes=-0', 10), 'unsatisfiable');
  assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable');
});
