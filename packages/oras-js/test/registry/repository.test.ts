import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { contentOf, createRegistryClient, digestOf, MediaType } from 'oras-js';
import { listAll } from '../list-all.ts';
import { pushAll, sampleContent, sampleGraph } from '../sample-graph.ts';
import { readSuite, writeSuite } from '../target-suite.ts';
import { answer, CERTIFICATE, FakeRegistry } from './fake-registry.ts';

for (const tls of [false, true]) {
  const name = `Repository over ${tls ? 'TLS' : 'plain http'}`;
  const makeRig = async () => {
    const registry = await FakeRegistry.start({ tls });
    const client = createRegistryClient({ ca: [CERTIFICATE] });
    const target = client.repository(`${registry.host}/zenml/api`);
    const close = async () => {
      client.close();
      await registry[Symbol.asyncDispose]();
    };
    return { target, [Symbol.asyncDispose]: close };
  };
  readSuite(name, async (graph) => {
    const rig = await makeRig();
    await pushAll(rig.target, graph);
    await rig.target.tag(graph.root, '1.0');
    return { ...rig, reference: '1.0' };
  });
  writeSuite(name, makeRig);
}

suite('Repository', () => {
  test('uploads with POST, one PATCH of the whole body and an empty PUT, and asks whether a large blob was kept', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const { descriptor, bytes } = sampleContent(MediaType.ociLayerGzip, Buffer.alloc(2_000_000, 'a'));
    await client.repository(`${registry.host}/a/b`).push(descriptor, contentOf(bytes));
    assert.deepEqual(registry.asked, [
      `HEAD /v2/a/b/blobs/${descriptor.digest} 404`,
      'POST /v2/a/b/blobs/uploads/ 202',
      'PATCH /v2/a/b/blobs/uploads/ID 202',
      'PUT /v2/a/b/blobs/uploads/ID 201',
      `HEAD /v2/a/b/blobs/${descriptor.digest} 200`,
    ]);
    const patch = registry.log.find(({ method }) => method === 'PATCH');
    assert.equal(patch?.headers['content-length'], '2000000');
    assert.equal(patch?.headers['content-range'], undefined);
    assert.equal(registry.log.find(({ method }) => method === 'PUT')?.headers['content-length'], '0');
    assert.ok(registry.log.every(({ headers }) => headers.expect === undefined && headers['accept-encoding'] === 'identity'));
  });

  test('asks once whether a blob is there, not again when it is pushed', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const repository = client.repository(`${registry.host}/a`);
    const { descriptor, bytes } = sampleContent(MediaType.ociLayerGzip, Buffer.from('layer'));
    assert.equal(await repository.exists(descriptor), false);
    await repository.push(descriptor, contentOf(bytes));
    assert.equal(registry.log.filter(({ method }) => method === 'HEAD').length, 1);
  });

  test('pings a registry once, however many operations begin at once', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const blob = registry.addBlob(Buffer.from('layer'));
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => client.repository(`${registry.host}/${name}`).exists(blob)));
    assert.equal(registry.log.filter(({ path }) => path === '/v2/').length, 1);
  });

  test('gets a resolved manifest once', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const repository = client.repository(`${registry.host}/a`);
    const graph = sampleGraph();
    await pushAll(repository, graph);
    await repository.tag(graph.root, '1.0');
    registry.log.length = 0;
    using reader = createRegistryClient();
    const other = reader.repository(`${registry.host}/a`);
    for await (const _ of other.fetch(await other.resolve('1.0')));
    assert.deepEqual(registry.asked, ['GET /v2/a/manifests/1.0 200']);
  });

  test('sends all four manifest types in Accept, for HEAD too', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const repository = client.repository(`${registry.host}/a`);
    const image = { mediaType: MediaType.ociManifest, digest: digestOf(Buffer.from('x')), size: 1 };
    await repository.exists(image);
    await assert.rejects(repository.resolve('1.0'), { code: 'NOT_FOUND' });
    const asked = registry.log.filter(({ path }) => path.includes('/manifests/'));
    assert.equal(asked.length, 2);
    for (const { headers } of asked) {
      for (const type of [MediaType.ociIndex, MediaType.ociManifest, MediaType.dockerList, MediaType.dockerManifest]) {
        assert.ok(headers.accept?.split(', ').includes(type), `${type} in ${headers.accept}`);
      }
    }
  });

  test('mounts, and uploads into the session that a refused mount has opened', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const repository = client.repository(`${registry.host}/b`);
    assert.equal(await repository.mount(registry.addBlob(Buffer.from('there')), 'a'), true);
    const { descriptor, bytes } = sampleContent(MediaType.ociLayerGzip, Buffer.from('not there'));
    assert.equal(await repository.mount(descriptor, 'a'), false);
    await repository.push(descriptor, contentOf(bytes));
    assert.deepEqual(registry.asked.slice(1), [
      'POST /v2/b/blobs/uploads/ 202',
      'PATCH /v2/b/blobs/uploads/ID 202',
      'PUT /v2/b/blobs/uploads/ID 201',
    ]);
  });

  for (const status of [400, 401, 403, 404, 405]) {
    test(`takes ${status} to a mount for "upload it"`, async () => {
      await using registry = await FakeRegistry.start();
      using client = createRegistryClient();
      registry.fault = ({ url, response }) => {
        if (!url.searchParams.has('mount')) return false;
        answer(response, status, {});
        return true;
      };
      const blob = sampleContent(MediaType.ociLayerGzip, Buffer.from('x')).descriptor;
      assert.equal(await client.repository(`${registry.host}/b`).mount(blob, 'a'), false);
    });
  }

  test('lists tags page by page, leaves out what is no tag, and keeps to the host that it began at', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    let foreign = false;
    registry.fault = ({ url, response }) => {
      if (!url.pathname.endsWith('/tags/list')) return false;
      const second = url.searchParams.get('last') === 'b';
      const link = foreign ? 'http://elsewhere.test/v2/a/tags/list' : '/v2/a/tags/list?last=b&n=2';
      answer(
        response,
        200,
        { tags: second ? ['c'] : ['a', 'b', null, '', 'sha256:12'] },
        second ? {} : { Link: `<${link}>; rel="next"` },
      );
      return true;
    };
    const repository = client.repository(`${registry.host}/a`);
    assert.deepEqual(await listAll(repository.tags()), ['a', 'b', 'c']);
    foreign = true;
    await assert.rejects(listAll(repository.tags()), { code: 'INVALID_RESPONSE' });
  });

  test('ends a list of tags that leads in circles', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    registry.fault = ({ url, response }) => {
      if (!url.pathname.endsWith('/tags/list')) return false;
      answer(response, 200, { tags: ['a'] }, { Link: '</v2/a/tags/list?last=a>; rel="next"' });
      return true;
    };
    assert.deepEqual(await listAll(client.repository(`${registry.host}/a`).tags()), ['a', 'a']);
  });

  test('takes no web page for a manifest', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    registry.fault = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
      return true;
    };
    await assert.rejects(client.repository(`${registry.host}/a`).resolve('1.0'), { code: 'INVALID_RESPONSE' });
  });
});

test('push with force sends a blob that the registry claims to have', async () => {
  await using registry = await FakeRegistry.start();
  using client = createRegistryClient({});
  const bytes = Buffer.from('lost');
  const blob = registry.addBlob(bytes);
  const repository = client.repository(`${registry.host}/a`);
  await repository.push(blob, contentOf(bytes));
  assert.deepEqual(registry.asked, [`HEAD /v2/a/blobs/${blob.digest} 200`]);
  await repository.push(blob, contentOf(bytes), { force: true });
  assert.deepEqual(
    registry.asked.slice(1).map((line) => line.split(' ')[0]),
    ['POST', 'PATCH', 'PUT'],
  );
});
