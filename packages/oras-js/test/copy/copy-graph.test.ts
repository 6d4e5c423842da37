import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type Content,
  contentOf,
  copy,
  copyGraph,
  type Descriptor,
  digestOf,
  isManifestType,
  MediaType,
  MemoryTarget,
  OrasError,
} from 'oras-js';
import { listAll } from '../list-all.ts';
import { pushAll, sampleContent, sampleGraph, sampleManifest } from '../sample-graph.ts';

/** Remembers what it was asked, in order. */
class Recorder extends MemoryTarget {
  readonly fetched: string[] = [];
  readonly pushed: string[] = [];
  active = 0;
  mostActive = 0;

  override fetch(descriptor: Descriptor): Content {
    this.fetched.push(descriptor.digest);
    return super.fetch(descriptor);
  }

  override async push(...args: Parameters<MemoryTarget['push']>): Promise<void> {
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    // Layers take longer than the manifests that name them: whoever does not wait for them is found out.
    await new Promise((resolve) => setTimeout(resolve, isManifestType(args[0].mediaType) ? 1 : 8));
    try {
      await super.push(...args);
    } finally {
      this.active -= 1;
    }
    this.pushed.push(args[0].digest);
  }
}

async function filled(graph = sampleGraph()): Promise<Recorder> {
  const source = new Recorder();
  await pushAll(source, graph);
  await source.tag(graph.root, '1.0');
  return source;
}

/** A source that sends whatever it is told to, without verifying it. */
function liar(contents: Map<string, Uint8Array>) {
  return { fetch: (descriptor: Descriptor) => contentOf(contents.get(descriptor.digest) ?? Buffer.alloc(0))() };
}

const digestNamed = (name: string) => digestOf(Buffer.from(name));
const descriptorNamed = (name: string): Descriptor => ({ mediaType: MediaType.ociIndex, digest: digestNamed(name), size: 1 });
const indexOf = (...names: string[]) =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: names.map((name) => descriptorNamed(name)) }));

suite('copyGraph', () => {
  const graph = sampleGraph();

  test('copies children before what names them, and each node once', async () => {
    const source = await filled();
    const destination = new Recorder();
    await copyGraph(source, destination, graph.root, { concurrency: 10 });
    assert.equal(destination.pushed.length, graph.contents.length);
    assert.equal(source.fetched.length, graph.contents.length, 'each content is fetched once, manifests too');
    const place = new Map(destination.pushed.map((digest, i) => [digest, i]));
    const at = (descriptor: Descriptor) => place.get(descriptor.digest) ?? Number.NaN;
    const [first, second] = graph.images;
    for (const child of [graph.sharedLayer, graph.layer, graph.config]) assert.ok(at(child.descriptor) < at(first));
    assert.ok(at(graph.sharedLayer.descriptor) < at(second));
    assert.ok(at(first) < at(graph.root) && at(second) < at(graph.root));
  });

  test('fetches nothing that is there, and asks nothing below a manifest that is there', async () => {
    const source = await filled();
    const destination = new Recorder();
    const [first] = graph.images;
    await copyGraph(source, destination, first);
    source.fetched.length = 0;
    const skipped: string[] = [];
    await copyGraph(source, destination, graph.root, { onSkipped: ({ digest }) => skipped.push(digest) });
    assert.equal(source.fetched.length, 4, 'the index, the second image, its config and its own layer');
    assert.deepEqual(skipped.sort(), [first.digest, graph.sharedLayer.descriptor.digest].sort());
    source.fetched.length = 0;
    await copyGraph(source, destination, graph.root);
    assert.deepEqual(source.fetched, []);
  });

  test('runs as many transfers at once as it may, and no more', async () => {
    for (const concurrency of [1, 2]) {
      const destination = new Recorder();
      await copyGraph(await filled(), destination, graph.root, { concurrency });
      assert.equal(destination.mostActive, concurrency);
    }
  });

  test('mounts what the destination can link, and transfers what it refuses to', async () => {
    const source = await filled();
    source.fetched.length = 0;
    const asked: string[] = [];
    const destination = Object.assign(new Recorder(), {
      mount: async (descriptor: Descriptor, from: string) => {
        asked.push(`${from} ${descriptor.digest}`);
        return descriptor.digest === graph.layer.descriptor.digest;
      },
    });
    const copied = new Map<string, string>();
    await copyGraph(source, destination, graph.images[0], {
      onCopied: ({ digest }, how) => copied.set(digest, how),
      mountFrom: ({ digest }) => (digest === graph.config.descriptor.digest ? undefined : 'zenml/base'),
    });
    assert.deepEqual(
      asked.sort(),
      [`zenml/base ${graph.layer.descriptor.digest}`, `zenml/base ${graph.sharedLayer.descriptor.digest}`].sort(),
    );
    assert.equal(copied.get(graph.layer.descriptor.digest), 'mounted');
    assert.equal(copied.get(graph.sharedLayer.descriptor.digest), 'transferred');
    assert.ok(!source.fetched.includes(graph.layer.descriptor.digest));
  });

  test('says that the source failed, and leaves no manifest behind', async () => {
    const source = await filled();
    const { fetch } = source;
    source.fetch = (descriptor) => {
      if (descriptor.digest !== graph.sharedLayer.descriptor.digest) return fetch.call(source, descriptor);
      return (async function* (): Content {
        yield [Buffer.from('a beginning')];
        throw new OrasError('CONNECTION_FAILED', 'the line went dead');
      })();
    };
    const destination = new Recorder();
    await assert.rejects(copyGraph(source, destination, graph.root), { code: 'CONNECTION_FAILED', side: 'source' });
    assert.equal(destination.active, 0, 'no transfer is left running');
    assert.ok(!destination.pushed.includes(graph.root.digest));
  });

  test('says that the destination failed, in whatever it was asked', async () => {
    const failure = () => Promise.reject(new OrasError('DENIED', 'no'));
    for (const operation of ['exists', 'push'] as const) {
      const destination = Object.assign(new Recorder(), { [operation]: failure });
      await assert.rejects(copyGraph(await filled(), destination, graph.root), { code: 'DENIED', side: 'destination' });
    }
    await assert.rejects(copyGraph(new MemoryTarget(), new MemoryTarget(), graph.root), { code: 'NOT_FOUND', side: 'source' });
  });

  test('passes an error on that is not its own kind', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const destination = Object.assign(new Recorder(), { push: () => Promise.reject(full) });
    await assert.rejects(copyGraph(await filled(), destination, graph.root), (error) => error === full);
  });

  test('stops when it is aborted, and waits for what is running', async () => {
    const controller = new AbortController();
    const destination = new Recorder();
    const copying = copyGraph(await filled(), destination, graph.root, {
      signal: controller.signal,
      concurrency: 1,
      onCopied: () => controller.abort(),
    });
    await assert.rejects(copying, { code: 'ABORTED' });
    assert.equal(destination.active, 0);
    assert.equal(destination.pushed.length, 1);
  });

  test('refuses a graph that contains itself, across two paths too', { timeout: 5000 }, async () => {
    const contents = new Map<string, Uint8Array>([
      [digestNamed('root'), indexOf('a', 'b')],
      [digestNamed('a'), indexOf('b')],
      [digestNamed('b'), indexOf('a')],
    ]);
    const wanted = { code: 'INVALID_MANIFEST', side: 'source', message: /contains itself/ };
    await assert.rejects(copyGraph(liar(contents), new MemoryTarget(), descriptorNamed('root')), wanted);
    contents.set(digestNamed('root'), indexOf('root'));
    await assert.rejects(copyGraph(liar(contents), new MemoryTarget(), descriptorNamed('root')), wanted);
  });

  test('refuses a graph that is nested too deep, or that gives one digest two sizes', { timeout: 5000 }, async () => {
    const endless = { fetch: ({ digest }: Descriptor) => contentOf(indexOf(`below ${digest}`))() };
    await assert.rejects(copyGraph(endless, new MemoryTarget(), descriptorNamed('root')), {
      message: /nested deeper than 16 levels/,
    });
    const layer = sampleContent(MediaType.ociLayerGzip, Buffer.from('layer'));
    const twice = sampleManifest(MediaType.ociManifest, { config: layer.descriptor, layers: [{ ...layer.descriptor, size: 6 }] });
    const source = new MemoryTarget();
    await source.push(twice.descriptor, contentOf(twice.bytes));
    await assert.rejects(copyGraph(source, new MemoryTarget(), twice.descriptor), {
      code: 'INVALID_MANIFEST',
      message: /two sizes/,
    });
  });

  test('copies an index of indexes', async () => {
    const outer = sampleManifest(MediaType.ociIndex, { manifests: [graph.root, graph.images[0]] });
    const source = await filled();
    await source.push(outer.descriptor, contentOf(outer.bytes));
    const destination = new Recorder();
    await copyGraph(source, destination, outer.descriptor);
    assert.equal(destination.pushed.at(-1), outer.descriptor.digest);
    assert.equal(destination.pushed.length, graph.contents.length + 1);
  });
});

suite('copy', () => {
  test('names what it copied, after all of it is there', async () => {
    const graph = sampleGraph();
    const destination = new Recorder();
    const root = await copy(await filled(), '1.0', destination, 'renamed');
    assert.equal(root.digest, graph.root.digest);
    assert.equal((await destination.resolve('renamed')).digest, graph.root.digest);
  });

  test('does not name anything when content is missing', async () => {
    const graph = sampleGraph();
    const source = new MemoryTarget();
    for (const { descriptor, bytes } of graph.contents.slice(1)) await source.push(descriptor, contentOf(bytes));
    await source.tag(graph.root, '1.0');
    const destination = new MemoryTarget();
    await assert.rejects(copy(source, '1.0', destination, '1.0'), { code: 'NOT_FOUND', side: 'source' });
    assert.deepEqual(await listAll(destination.tags()), []);
  });

  test('writes no tag that is right already, and says which side lacks a reference', async () => {
    const source = await filled();
    const destination = new MemoryTarget();
    await copy(source, '1.0', destination, '1.0');
    destination.tag = () => assert.fail('an immutable tag would refuse this');
    await copy(source, '1.0', destination, '1.0');
    await assert.rejects(copy(source, '2.0', destination, '2.0'), { code: 'NOT_FOUND', side: 'source' });
  });
});
