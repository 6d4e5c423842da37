import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { completeRequest } from '@zenml-airgap/bundle-spec';
import { type Fetcher, MediaType, MemoryTarget } from 'oras-js';
import { pushSample } from '../../../../test/fixtures/push-sample.ts';
import { sampleContent } from '../../../../test/fixtures/sample-image.ts';
import { describeImage } from '../../src/resolve/describe-image.ts';
import { readGraph } from '../../src/resolve/read-graph.ts';
import type { Source } from '../../src/resolve/source.ts';
import { unknownVersions } from '../../src/resolve/unknown-versions.ts';

const IMAGES = 12;
const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/** Counts how many run at once; each takes a moment. */
class Overlap {
  most = 0;
  #running = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    await setTimeout(5);
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}

/** An index of many images, of which one platform each. */
async function index() {
  const images = Array.from({ length: IMAGES }, (_, number) => {
    const config = sampleContent(MediaType.ociConfig, json({ os: 'linux', architecture: `a${number}` }));
    const manifest = json({ schemaVersion: 2, mediaType: MediaType.ociManifest, config: config.descriptor, layers: [] });
    return { config, manifest: sampleContent(MediaType.ociManifest, manifest) };
  });
  const manifests = images.map(({ manifest }) => manifest.descriptor);
  const root = sampleContent(MediaType.ociIndex, json({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests }));
  const target = new MemoryTarget();
  await pushSample(target, 'latest', { manifest: root, blobs: images.flatMap(({ config, manifest }) => [config, manifest]) });
  const overlap = new Overlap();
  const source: Fetcher = {
    exists: (descriptor, options) => target.exists(descriptor, options),
    fetch: async function* (descriptor, options) {
      yield await overlap.during(async () => (await Array.fromAsync(target.fetch(descriptor, options))).flat());
    },
  };
  return { root: root.descriptor, source, overlap, target };
}

suite('side by side, four at most', () => {
  test('the children of an index are read', async () => {
    const { root, source, overlap } = await index();
    const { manifests, nodes } = await readGraph(source, root);
    assert.equal(overlap.most, 4);
    assert.equal(manifests.size, IMAGES + 1);
    assert.deepEqual([...nodes.keys()].length, 2 * IMAGES + 1);
    assert.equal([...nodes.keys()][0], root.digest);
  });

  test('the configs of an image are read, and its platforms keep their order', async () => {
    const { root, source, overlap, target } = await index();
    const { platforms } = await describeImage(source, await readGraph(target, root));
    assert.equal(overlap.most, 4);
    assert.deepEqual(
      platforms.map(({ architecture }) => architecture),
      Array.from({ length: IMAGES }, (_, number) => `a${number}`),
    );
  });

  test('tags are listed, each repository’s once', async () => {
    const overlap = new Overlap();
    const listed: string[] = [];
    const open = (repository: string): Source =>
      Object.assign(new MemoryTarget(), {
        tags: async function* () {
          listed.push(repository);
          yield await overlap.during(async () => '0.1.0');
        },
      });
    const request = completeRequest({ versions: { controlPlane: '9.0.0', workspaceServer: ['9.1.0', '9.2.0'] } });
    const absent = [
      { field: 'versions.controlPlane', version: '9.0.0' } as const,
      { field: 'versions.workspaceServer', version: '9.1.0' } as const,
      { field: 'versions.workspaceServer', version: '9.2.0' } as const,
    ].map((release) => ({ kind: 'image' as const, repository: 'a.example/b', tag: release.version, name: 'b', release }));
    const { problems } = await unknownVersions(absent, request, { open });
    assert.equal(problems.length, 3);
    assert.deepEqual(listed.sort(), ['public.ecr.aws/zenml/zenml', 'public.ecr.aws/zenml/zenml-pro']);
    assert.equal(overlap.most, 2);
  });
});
