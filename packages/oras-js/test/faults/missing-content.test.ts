import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { copy, MediaType } from 'oras-js';
import { type SampleContent, sampleManifest } from '../sample-graph.ts';
import { answers, errors } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { failureOf, memoryWith, push, pushTo, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer, config, manifest } = image;
const index = sampleManifest(MediaType.ociIndex, {
  manifests: [{ ...manifest.descriptor, platform: { os: 'linux', architecture: 'amd64' } }],
});
const PUT_IMAGE = { method: 'PUT', path: new RegExp(`/manifests/${manifest.descriptor.digest}`) };
const PUT_INDEX = { method: 'PUT', path: new RegExp(`/manifests/${index.descriptor.digest}`) };
const PUT_TAG = { method: 'PUT', path: /\/manifests\/1\.0$/ };

function digestOf({ descriptor }: SampleContent): string {
  return descriptor.digest;
}

/** `:1.0` is the index. */
async function pushIndex(registry: ScriptedRegistry): Promise<void> {
  const source = await memoryWith({ ...image, contents: [...image.contents, index], manifest: index });
  await copy(source, '1.0', registry.repository(), '1.0', { concurrency: 1 });
  registry.assertHolds([...image.contents, index]);
}

function commitsOf(registry: ScriptedRegistry): string[] {
  return registry.requested(/digest=/).map(({ query }) => new URLSearchParams(query).get('digest') ?? '');
}

suite('faults: a registry lacks what it was given', () => {
  test('fault 20: HEAD finds all blobs, the manifest’s answer names one: that one is uploaded, whatever HEAD says', async () => {
    await using registry = (await ScriptedRegistry.start()).hold([layer, config]);
    const complaint = errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: digestOf(layer) });
    registry.script('lost', PUT_IMAGE, answers(400, { body: complaint }));
    await push(registry, image);
    assert.deepEqual(commitsOf(registry), [digestOf(layer)]);
    assert.deepEqual(registry.requests(PUT_IMAGE.path).slice(-2), ['PUT (lost)', 'PUT']);
  });

  test('fault 20: no blob is named, and HEAD finds all: all are uploaded', async () => {
    await using registry = (await ScriptedRegistry.start()).hold([layer, config]);
    registry.script('lost', PUT_IMAGE, answers(400, { body: errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown') }));
    await push(registry, image);
    assert.deepEqual(commitsOf(registry), [digestOf(config), digestOf(layer)]);
  });

  test('fault 20: a second refusal is final', async () => {
    await using registry = (await ScriptedRegistry.start()).hold([layer, config]);
    const complaint = errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: digestOf(layer) });
    registry.script('lost', { ...PUT_IMAGE, times: ALWAYS }, answers(400, { body: complaint }));
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.side, 'destination');
    assert.match(error.message, new RegExp(`MANIFEST_BLOB_UNKNOWN.*${digestOf(layer)}`));
    assert.deepEqual(registry.faults, ['lost', 'lost']);
  });

  test('fault 28: a 500 that says MANIFEST_BLOB_UNKNOWN is not asked again as it is; the blob is sent', async () => {
    await using registry = (await ScriptedRegistry.start()).hold([layer, config]);
    const complaint = errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: digestOf(layer) });
    registry.script('500', { ...PUT_IMAGE, times: ALWAYS }, answers(500, { body: complaint }));
    await failureOf(pushTo(registry.repository(), image));
    assert.deepEqual(registry.faults, ['500', '500']);
    assert.deepEqual(commitsOf(registry), [digestOf(layer)]);
  });

  for (const [status, body] of [
    [400, errors('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: manifest.descriptor.digest })],
    [404, errors('NOT_FOUND', 'artifact not found')],
    [400, errors('MANIFEST_INVALID', 'manifest invalid')],
  ] as const) {
    test(`fault 30: children are collected before their index comes (${status} ${JSON.stringify(body).slice(19, 35)}…): they are pushed again`, async () => {
      await using registry = await ScriptedRegistry.start();
      // As long as the child is gone, a registry refuses.
      registry.script('collected', { ...PUT_INDEX, times: ALWAYS }, (exchange) => {
        const puts = registry.requests(PUT_IMAGE.path).filter((request) => request === 'PUT');
        return puts.length < 2 ? answers(status, { body })(exchange) : 'next';
      });
      await pushIndex(registry);
      assert.ok(registry.faults.includes('collected'));
      assert.deepEqual(
        registry.requests(PUT_IMAGE.path).filter((request) => request === 'PUT'),
        ['PUT', 'PUT'],
      );
    });
  }

  test('fault 36: the manifest is gone before it gets its tag: the tag takes it along whole', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('vanished', { method: ['GET', 'HEAD'], path: PUT_TAG.path, times: ALWAYS }, (exchange) => {
      registry.registry.manifests.delete(digestOf(manifest));
      return answers(404, { body: errors('MANIFEST_UNKNOWN', 'manifest unknown') })(exchange);
    });
    await push(registry, image);
    assert.ok(registry.faults.includes('vanished'));
    assert.equal(registry.requested(PUT_TAG.path).at(-1)?.body.toString(), Buffer.from(manifest.bytes).toString());
  });

  test('fault 36: what is below is gone when the tag comes: it is pushed once more', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('vanished', PUT_TAG, (exchange) => {
      registry.registry.manifests.delete(digestOf(manifest));
      return answers(404, { body: errors('NOT_FOUND', 'artifact not found') })(exchange);
    });
    await pushIndex(registry);
    assert.deepEqual(registry.requests(PUT_TAG.path).slice(-2), ['PUT (vanished)', 'PUT']);
  });
});
