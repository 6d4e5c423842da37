import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Content, contentOf, copyGraph, MediaType, MemoryTarget, OrasError, type TagLister, type Target } from 'oras-js';
import { collect } from './collect.ts';
import { listAll } from './list-all.ts';
import { pushAll, sampleBytes, sampleContent, sampleGraph } from './sample-graph.ts';

export interface WriteRig extends AsyncDisposable {
  /** Empty at first. */
  readonly target: Target & Partial<TagLister>;
}

/** What every Target that can be written to has to do, besides what the read suite asks of it. */
export function writeSuite(name: string, makeRig: () => Promise<WriteRig>): void {
  suite(`${name}, write`, () => {
    let rig: WriteRig;
    before(async () => {
      rig = await makeRig();
    });
    after(async () => {
      await rig?.[Symbol.asyncDispose]();
    });
    let seed = 1000;
    /** Content that no other test has pushed. */
    const fresh = (size: number) => {
      seed += 1;
      return sampleContent(MediaType.ociLayerGzip, sampleBytes(size, seed));
    };

    test('gives back what was pushed', async () => {
      for (const size of [1, 1_048_576, 2_500_001]) {
        const { descriptor, bytes } = fresh(size);
        assert.equal(await rig.target.exists(descriptor), false);
        await rig.target.push(descriptor, contentOf(bytes));
        assert.equal(await rig.target.exists(descriptor), true);
        assert.deepEqual(await collect(rig.target.fetch(descriptor)), Buffer.from(bytes));
      }
    });

    test('takes content in batches of many chunks', async () => {
      const { descriptor, bytes } = fresh(1_500_000);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.byteLength; at += 16_384) chunks.push(bytes.subarray(at, at + 16_384));
      await rig.target.push(descriptor, async function* () {
        yield chunks.slice(0, 64);
        yield chunks.slice(64);
      });
      assert.deepEqual(await collect(rig.target.fetch(descriptor)), Buffer.from(bytes));
    });

    test('does not read content that it has', async () => {
      const { descriptor, bytes } = fresh(5_000);
      await rig.target.push(descriptor, contentOf(bytes));
      await rig.target.push(descriptor, () => assert.fail('the content was opened again'));
      assert.equal(await rig.target.exists(descriptor), true);
    });

    test('shows nothing of content that is not what its descriptor says', async () => {
      const { descriptor, bytes } = fresh(5_000);
      const flipped = Buffer.from(bytes);
      flipped[4_321] = (flipped[4_321] ?? 0) ^ 1;
      for (const wrong of [flipped, bytes.subarray(0, 4_999), Buffer.concat([bytes, Buffer.from('x')])]) {
        await assert.rejects(rig.target.push(descriptor, contentOf(wrong)), OrasError);
        assert.equal(await rig.target.exists(descriptor), false);
      }
      await rig.target.push(descriptor, contentOf(bytes));
      assert.equal(await rig.target.exists(descriptor), true);
    });

    test('shows nothing of content whose source failed, and says why', async () => {
      const { descriptor, bytes } = fresh(1_200_000);
      const failing = async function* (): Content {
        yield [bytes.subarray(0, 1_100_000)];
        throw new OrasError('DENIED', 'the source says no');
      };
      await assert.rejects(rig.target.push(descriptor, failing), { code: 'DENIED' });
      assert.equal(await rig.target.exists(descriptor), false);
    });

    test('shows nothing of content whose push was aborted', async () => {
      const { descriptor, bytes } = fresh(1_200_000);
      const controller = new AbortController();
      const source = async function* (): Content {
        yield [bytes.subarray(0, 1_100_000)];
        controller.abort();
        yield [bytes.subarray(1_100_000)];
      };
      await assert.rejects(rig.target.push(descriptor, source, { signal: controller.signal }), { code: 'ABORTED' });
      assert.equal(await rig.target.exists(descriptor), false);
    });

    test('takes the same content from several at once', async () => {
      const { descriptor, bytes } = fresh(1_200_000);
      await Promise.all([1, 2, 3].map(() => rig.target.push(descriptor, contentOf(bytes))));
      assert.deepEqual(await collect(rig.target.fetch(descriptor)), Buffer.from(bytes));
    });

    test('names a manifest only when it is tagged, and moves a tag', async () => {
      const [old, young] = [sampleGraph(31), sampleGraph(32)];
      await pushAll(rig.target, old);
      await pushAll(rig.target, young);
      await assert.rejects(rig.target.resolve('moving'), { code: 'NOT_FOUND' });
      await rig.target.tag(old.root, 'moving');
      assert.equal((await rig.target.resolve('moving')).digest, old.root.digest);
      await rig.target.tag(young.root, 'moving');
      assert.equal((await rig.target.resolve('moving')).digest, young.root.digest);
      assert.equal((await rig.target.resolve(old.root.digest)).digest, old.root.digest);
    });

    test('refuses to tag what it does not have', async () => {
      await assert.rejects(rig.target.tag(sampleGraph(77).root, 'nothing'), { code: 'NOT_FOUND' });
      await assert.rejects(rig.target.resolve('nothing'), { code: 'NOT_FOUND' });
    });

    test('lists each tag once, those set at the same time too', async (t) => {
      if (!rig.target.tags) return t.skip('this Target lists no tags');
      const graph = sampleGraph(33);
      await pushAll(rig.target, graph);
      const wanted = ['1.0', '1.1', '1.2', '1.10', 'latest'];
      await Promise.all(wanted.map((tag) => rig.target.tag(graph.root, tag)));
      await rig.target.tag(graph.root, '1.0');
      const tags = (await listAll(rig.target.tags())).filter((tag) => tag !== 'moving');
      assert.deepEqual(tags.sort(), wanted.sort());
    });

    test('receives a whole graph, and nothing of it twice', async () => {
      const graph = sampleGraph(34);
      const source = new MemoryTarget();
      await pushAll(source, graph);
      const copied: string[] = [];
      await copyGraph(source, rig.target, graph.root, { onCopied: ({ digest }) => copied.push(digest) });
      assert.deepEqual(copied.sort(), graph.contents.map(({ descriptor }) => descriptor.digest).sort());
      for (const { descriptor } of graph.contents) assert.equal(await rig.target.exists(descriptor), true);
      await copyGraph(source, rig.target, graph.root, { onCopied: () => assert.fail('copied again') });
    });
  });
}
