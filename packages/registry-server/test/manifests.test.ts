import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  blobOf,
  descriptorOf,
  errorOf,
  jsonBlob,
  manifestOf,
  OCI_INDEX,
  OCI_MANIFEST,
  RegistryRig,
  randomBlob,
} from './registry-rig.ts';

suite('manifests', () => {
  let rig: RegistryRig;
  before(async () => {
    rig = await RegistryRig.start();
  });
  after(() => rig[Symbol.asyncDispose]());

  test('are served by tag and by digest, byte for byte, whatever Accept says', async () => {
    const manifest = await rig.pushImage('a', '1.0');
    for (const reference of ['1.0', manifest.digest]) {
      const response = await rig.send('GET', `/v2/a/manifests/${reference}`, { headers: { Accept: 'application/json' } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), OCI_MANIFEST);
      assert.equal(response.headers.get('docker-content-digest'), manifest.digest);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), manifest.bytes);
      const head = await rig.send('HEAD', `/v2/a/manifests/${reference}`);
      assert.equal(head.headers.get('content-length'), String(manifest.bytes.byteLength));
    }
  });

  test('are refused before their blobs are there, with every digest that is missing', async () => {
    const [config, layer] = [jsonBlob({}), randomBlob(10)];
    await rig.pushBlob('b', config);
    const manifest = manifestOf(config, [layer]);
    const { status, code, detail } = await errorOf(await rig.putManifest('b', '1.0', manifest));
    assert.deepEqual(
      { status, code, detail },
      { status: 400, code: 'MANIFEST_BLOB_UNKNOWN', detail: [{ digest: layer.digest }] },
    );
    assert.equal((await rig.send('HEAD', '/v2/b/manifests/1.0')).status, 404);
    await rig.pushBlob('elsewhere', layer);
    assert.equal((await rig.putManifest('b', '1.0', manifest)).status, 400, 'a blob of another repository does not count');
    await rig.pushBlob('b', layer);
    assert.equal((await rig.putManifest('b', '1.0', manifest)).status, 201);
  });

  test('are refused as an index before their children are there', async () => {
    const image = await rig.pushImage('c', '1.0');
    const other = manifestOf(jsonBlob({ other: 1 }), []);
    const index = (...children: (typeof image)[]) =>
      jsonBlob({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: children.map((child) => descriptorOf(child, OCI_MANIFEST)) });
    assert.equal(
      (await errorOf(await rig.putManifest('c', '2.0', index(image, other), OCI_INDEX))).code,
      'MANIFEST_BLOB_UNKNOWN',
    );
    assert.equal((await rig.putManifest('c', '2.0', index(image), OCI_INDEX)).status, 201);
  });

  test('are refused when they say another size than the blob has', async () => {
    const config = jsonBlob({ size: 1 });
    await rig.pushBlob('d', config);
    const manifest = manifestOf({ ...config, bytes: Buffer.alloc(1) }, []);
    assert.equal((await errorOf(await rig.putManifest('d', '1.0', manifest))).code, 'MANIFEST_INVALID');
  });

  test('are refused under a digest that is not theirs', async () => {
    const manifest = await rig.pushImage('e', '1.0');
    const { code } = await errorOf(await rig.putManifest('e', randomBlob(1).digest, manifest));
    assert.equal(code, 'DIGEST_INVALID');
  });

  test('are refused when they are no manifests, have an unknown type, or a bad tag', async () => {
    const manifest = await rig.pushImage('f', '1.0');
    assert.equal((await errorOf(await rig.putManifest('f', '2.0', jsonBlob({})))).code, 'MANIFEST_INVALID');
    assert.equal((await errorOf(await rig.putManifest('f', '2.0', manifest, 'application/json'))).code, 'MANIFEST_INVALID');
    assert.equal((await errorOf(await rig.putManifest('f', '-2.0', manifest))).code, 'MANIFEST_INVALID');
  });

  test('are refused above 4 MiB, whether their length is announced or not', async () => {
    const large = blobOf(Buffer.alloc(4 * 1024 * 1024 + 1, ' '));
    const announced = await errorOf(await rig.putManifest('g', '1.0', large));
    assert.deepEqual([announced.status, announced.code], [413, 'MANIFEST_INVALID']);
    const body = new globalThis.Blob([large.bytes]).stream();
    const init = { method: 'PUT', headers: { 'Content-Type': OCI_MANIFEST }, body, duplex: 'half' as const };
    const streamed = await fetch(`${rig.registry.url}/v2/g/manifests/1.0`, init);
    assert.equal((await errorOf(streamed)).status, 413);
  });

  test('move a tag, and keep the old manifest by its digest', async () => {
    const old = await rig.pushImage('h', '1.0');
    const young = await rig.pushImage('h', '1.0', { annotations: { young: 'yes' } });
    const response = await rig.send('HEAD', '/v2/h/manifests/1.0');
    assert.equal(response.headers.get('docker-content-digest'), young.digest);
    assert.equal((await rig.send('HEAD', `/v2/h/manifests/${old.digest}`)).status, 200);
  });

  test('lose a tag alone, or all their tags with them', async () => {
    const manifest = await rig.pushImage('i', '1.0');
    await rig.putManifest('i', '1.1', manifest);
    assert.equal((await rig.send('DELETE', '/v2/i/manifests/1.0')).status, 202);
    assert.equal((await rig.send('HEAD', '/v2/i/manifests/1.0')).status, 404);
    assert.equal((await rig.send('HEAD', '/v2/i/manifests/1.1')).status, 200);
    assert.equal((await rig.send('DELETE', `/v2/i/manifests/${manifest.digest}`)).status, 202);
    assert.equal((await rig.send('HEAD', '/v2/i/manifests/1.1')).status, 404);
    assert.equal((await errorOf(await rig.send('DELETE', '/v2/i/manifests/1.1'))).code, 'MANIFEST_UNKNOWN');
  });

  test('are listed with their subject, filtered by type, also when the subject is not there', async () => {
    const subject = { mediaType: OCI_MANIFEST, digest: randomBlob(1).digest, size: 1 };
    const annotations = { by: 'test' };
    const signature = await rig.pushImage('j', 'sig', { subject, artifactType: 'example/signature', annotations });
    const sbom = await rig.pushImage('j', 'sbom', { subject, artifactType: 'example/sbom' });
    const put = await rig.putManifest('j', signature.digest, signature);
    assert.equal(put.headers.get('oci-subject'), subject.digest);
    const list = async (query = '') => {
      const response = await rig.send('GET', `/v2/j/referrers/${subject.digest}${query}`);
      assert.equal(response.headers.get('content-type'), OCI_INDEX);
      const { manifests } = (await response.json()) as { manifests: { digest: string }[] };
      return { manifests, filtered: response.headers.get('oci-filters-applied') };
    };
    const all = await list();
    assert.deepEqual(all.manifests.map(({ digest }) => digest).sort(), [sbom.digest, signature.digest].sort());
    const one = await list('?artifactType=example/signature');
    assert.deepEqual(one, {
      manifests: [{ ...descriptorOf(signature, OCI_MANIFEST), artifactType: 'example/signature', annotations }],
      filtered: 'artifactType',
    });
    await rig.send('DELETE', `/v2/j/manifests/${signature.digest}`);
    assert.deepEqual((await list('?artifactType=example/signature')).manifests, []);
  });
});
