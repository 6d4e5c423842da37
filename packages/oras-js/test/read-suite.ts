import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { type Descriptor, digestOf, MediaType, type ReadOnlyTarget } from 'oras-js';
import { collect } from './collect.ts';
import { type SampleGraph, sampleGraph } from './sample-graph.ts';

export interface ReadRig extends AsyncDisposable {
  readonly target: ReadOnlyTarget;
  /** What resolves to the graph's root, as this Target names things: a tag, or name:tag. */
  readonly reference: string;
}

const MIB = 1024 * 1024;

/** What every Target from which can be read has to do. `makeRig` gets the content that the Target has to hold. */
export function readSuite(name: string, makeRig: (graph: SampleGraph) => Promise<ReadRig>): void {
  suite(`${name}, read`, () => {
    const graph = sampleGraph();
    const { layer } = graph;
    let rig: ReadRig;
    before(async () => {
      rig = await makeRig(graph);
    });
    after(async () => {
      await rig?.[Symbol.asyncDispose]();
    });
    const absent: Descriptor = { mediaType: MediaType.ociLayerGzip, digest: digestOf(Buffer.from('absent')), size: 6 };

    test('yields every content, byte for byte', async () => {
      for (const { descriptor, bytes } of graph.contents) {
        assert.deepEqual(await collect(rig.target.fetch(descriptor)), Buffer.from(bytes), descriptor.mediaType);
      }
    });

    test('yields batches of at least 1 MiB, the last one aside', async () => {
      const sizes: number[] = [];
      for await (const batch of rig.target.fetch(layer.descriptor)) {
        sizes.push(batch.reduce((sum, chunk) => sum + chunk.byteLength, 0));
      }
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        layer.descriptor.size,
      );
      assert.ok(
        sizes.slice(0, -1).every((size) => size >= MIB),
        `batches of ${sizes.join(', ')}`,
      );
    });

    test('does not change batches that it gave away', async () => {
      const batches: Uint8Array[][] = [];
      for await (const batch of rig.target.fetch(layer.descriptor)) batches.push(batch);
      assert.equal(digestOf(Buffer.concat(batches.flat())), layer.descriptor.digest);
    });

    for (const offset of [1, MIB + 17, layer.descriptor.size - 1]) {
      test(`goes on after ${offset} bytes, with the hash of those`, async () => {
        const hash = createHash('sha256').update(layer.bytes.subarray(0, offset));
        const rest = await collect(rig.target.fetch(layer.descriptor, { resume: { offset, hash } }));
        assert.deepEqual(rest, Buffer.from(layer.bytes.subarray(offset)));
      });
    }

    test('refuses to go on after other bytes than the content has', async () => {
      const hash = createHash('sha256').update(Buffer.alloc(1000));
      await assert.rejects(collect(rig.target.fetch(layer.descriptor, { resume: { offset: 1000, hash } })), {
        code: 'DIGEST_MISMATCH',
      });
    });

    for (const difference of [-1, 1]) {
      test(`refuses a descriptor whose size is ${difference > 0 ? 'too large' : 'too small'}`, async () => {
        const wrong = { ...layer.descriptor, size: layer.descriptor.size + difference };
        await assert.rejects(collect(rig.target.fetch(wrong)), { code: 'SIZE_MISMATCH' });
      });
    }

    test('says what is there and what is not', async () => {
      for (const { descriptor } of graph.contents) assert.equal(await rig.target.exists(descriptor), true, descriptor.mediaType);
      assert.equal(await rig.target.exists(absent), false);
      assert.equal(await rig.target.exists({ ...absent, mediaType: MediaType.ociManifest }), false);
    });

    test('says NOT_FOUND for absent content, a blob or a manifest', async () => {
      await assert.rejects(collect(rig.target.fetch(absent)), { code: 'NOT_FOUND' });
      await assert.rejects(collect(rig.target.fetch({ ...absent, mediaType: MediaType.ociManifest })), { code: 'NOT_FOUND' });
    });

    test('resolves a reference to the root', async () => {
      const { mediaType, digest, size } = await rig.target.resolve(rig.reference);
      assert.deepEqual({ mediaType, digest, size }, graph.root);
    });

    test('resolves the digest of a manifest, even of one without a name', async () => {
      for (const wanted of [graph.root, ...graph.images]) {
        const { mediaType, digest, size } = await rig.target.resolve(wanted.digest);
        assert.deepEqual({ mediaType, digest, size }, wanted);
      }
    });

    test('says NOT_FOUND for an unknown reference and an unknown digest', async () => {
      await assert.rejects(rig.target.resolve(`${rig.reference}-unknown`), { code: 'NOT_FOUND' });
      await assert.rejects(rig.target.resolve(absent.digest), { code: 'NOT_FOUND' });
    });

    test('serves the same content to two at once', async () => {
      const both = await Promise.all([collect(rig.target.fetch(layer.descriptor)), collect(rig.target.fetch(layer.descriptor))]);
      assert.deepEqual(
        both.map((bytes) => digestOf(bytes)),
        [layer.descriptor.digest, layer.descriptor.digest],
      );
    });

    test('can be left in the middle, and read again', async () => {
      for await (const batch of rig.target.fetch(layer.descriptor)) {
        assert.ok(batch.length > 0);
        break;
      }
      assert.equal(digestOf(await collect(rig.target.fetch(layer.descriptor))), layer.descriptor.digest);
    });

    test('stops when it is aborted, before and in the middle', async () => {
      const early = AbortSignal.abort();
      await assert.rejects(collect(rig.target.fetch(layer.descriptor, { signal: early })), { code: 'ABORTED' });
      await assert.rejects(rig.target.exists(layer.descriptor, { signal: early }), { code: 'ABORTED' });
      await assert.rejects(rig.target.resolve(rig.reference, { signal: early }), { code: 'ABORTED' });
      const controller = new AbortController();
      const reading = async () => {
        for await (const _ of rig.target.fetch(layer.descriptor, { signal: controller.signal })) controller.abort();
      };
      await assert.rejects(reading(), { code: 'ABORTED' });
    });
  });
}
