import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createRegistryClient, digestHex, MemoryTarget, OciLayout, OrasError } from 'oras-js';
import { pushAll, readSuite, sampleGraph } from '../../oras-js/test/target-suite.ts';
import { startRegistry, targetStorage } from '../src/index.ts';
import { errorOf, RegistryRig, temporaryFolder } from './registry-rig.ts';

readSuite('a Repository of a served Target', async (graph) => {
  const held = new MemoryTarget();
  await pushAll(held, graph);
  const registry = await startRegistry({
    target: await targetStorage(held, [{ repository: 'zenml', tag: '1.0', root: graph.root }]),
  });
  const client = createRegistryClient({});
  return {
    target: client.repository(`${registry.host}/zenml`),
    reference: '1.0',
    async [Symbol.asyncDispose]() {
      client.close();
      await registry.close();
    },
  };
});

suite('a served Target', () => {
  test('shows each repository what its own tags name, and takes nothing', async () => {
    const [one, two] = [sampleGraph(1), sampleGraph(2)];
    const held = new MemoryTarget();
    await pushAll(held, one);
    await pushAll(held, two);
    const target = await targetStorage(held, [
      { repository: 'one', tag: '1', root: one.root },
      { repository: 'one', tag: 'amd64', root: one.images[0] },
      { repository: 'charts/two', tag: '2', root: two.root },
    ]);
    await using rig = await RegistryRig.start({ target });
    assert.deepEqual(await (await rig.send('GET', '/v2/_catalog')).json(), { repositories: ['charts/two', 'one'] });
    assert.deepEqual(await (await rig.send('GET', '/v2/one/tags/list')).json(), { name: 'one', tags: ['1', 'amd64'] });
    assert.equal((await rig.send('HEAD', `/v2/one/blobs/${one.layer.descriptor.digest}`)).status, 200);
    assert.equal((await rig.send('HEAD', `/v2/one/blobs/${two.layer.descriptor.digest}`)).status, 404);
    assert.equal((await errorOf(await rig.send('POST', '/v2/one/blobs/uploads/'))).status, 405);
    const range = await rig.send('GET', `/v2/one/blobs/${one.layer.descriptor.digest}`, {
      headers: { Range: 'bytes=1048570-2000000' },
    });
    assert.deepEqual(Buffer.from(await range.arrayBuffer()), Buffer.from(one.layer.bytes.subarray(1_048_570, 2_000_001)));
  });

  test('breaks the connection when the content turns out not to be whole', async () => {
    await using folder = await temporaryFolder();
    const graph = sampleGraph(3);
    const layout = await OciLayout.open(folder.path, { create: true });
    await pushAll(layout, graph);
    await using rig = await RegistryRig.start({
      target: await targetStorage(layout, [{ repository: 'a', tag: '1', root: graph.root }]),
    });
    const { digest, size } = graph.layer.descriptor;
    await writeFile(join(folder.path, 'blobs', 'sha256', digestHex(digest)), Buffer.alloc(size));
    // The length was announced and fits: only the broken connection can tell the client.
    await assert.rejects(rig.send('GET', `/v2/a/blobs/${digest}`).then((response) => response.arrayBuffer()));
    const entry = rig.registry.log.at(-1);
    assert.ok(entry?.error instanceof OrasError && entry.error.code === 'DIGEST_MISMATCH');
    assert.equal(entry.finished, false);
  });
});
