import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Blob } from '@zenml-airgap/bundle-spec';
import { contentOf, digestOf, MemoryTarget, type OpenContent, OrasError, type Pusher } from 'oras-js';
import { fetchBlobs } from '../../src/fetch/fetch-blobs.ts';
import { openBlob } from '../../src/fetch/open-blob.ts';
import { SmallContents } from '../../src/resolve/small-contents.ts';
import { MemorySources } from '../fixtures/memory-sources.ts';

const MIB = 1024 * 1024;

function blobOf(bytes: Uint8Array): Blob {
  return { digest: digestOf(bytes), size: bytes.length, mediaType: 'application/octet-stream', artifacts: [0] };
}

function blobsOf(...sizes: number[]): Map<Blob, Uint8Array> {
  return new Map(sizes.map((size) => Buffer.alloc(size, size)).map((bytes) => [blobOf(bytes), bytes]));
}

const quiet = { describe: (blob: Blob) => blob.digest, concurrency: 1 };

test('the biggest blobs begin first', async () => {
  const contents = blobsOf(3, 7, 5);
  const begun: number[] = [];
  const bundle: Pusher = { push: async ({ size }) => void begun.push(size) };
  await fetchBlobs([...contents.keys()], bundle, {
    ...quiet,
    openBlob: (blob) => contentOf(contents.get(blob) ?? Buffer.alloc(0)),
  });
  assert.deepEqual(begun, [7, 5, 3]);
});

test('the bytes that are told add up, whatever was there, opened twice, or never opened', async () => {
  const contents = blobsOf(3 * MIB, 2 * MIB, 5);
  const target = new MemoryTarget();
  const bundle: Pusher = {
    async push(blob, open, options) {
      if (blob.size === 5) return;
      if (blob.size === 2 * MIB) for await (const _ of open()) break;
      await target.push(blob, open, options);
    },
  };
  let told = 0;
  await fetchBlobs([...contents.keys()], bundle, {
    ...quiet,
    openBlob: (blob) => contentOf(contents.get(blob) ?? Buffer.alloc(0)),
    onBytes: (bytes) => {
      told += bytes;
    },
  });
  assert.equal(told, 5 * MIB + 5);
});

test('what an earlier run has left is told to nobody, whether it is complete, continued or begun anew', async () => {
  const contents = blobsOf(3 * MIB, 2 * MIB, 5);
  const target = new MemoryTarget();
  const bundle: Pusher = {
    async push(blob, open, options) {
      if (blob.size === 5) return;
      await target.push(blob, blob.size === 3 * MIB ? open : withResume(open, MIB), options);
    },
  };
  const told: number[] = [];
  await fetchBlobs([...contents.keys()], bundle, {
    ...quiet,
    openBlob: (blob) => contentOf(contents.get(blob) ?? Buffer.alloc(0)),
    presentBytes: ({ size }) => (size === 5 ? 5 : MIB),
    onBytes: (bytes) => told.push(bytes),
  });
  // The first was rehashed and found wrong: what was counted as present is taken back.
  assert.equal(told[0], -MIB);
  assert.equal(
    told.reduce((sum, bytes) => sum + bytes),
    3 * MIB,
  );
});

test('the first failure names its artifact, stops what runs, and begins nothing new', async () => {
  const contents = blobsOf(9, 8, 7, 6);
  const begun: number[] = [];
  const stopped: number[] = [];
  const bundle: Pusher = {
    async push({ size }, _open, { signal } = {}) {
      begun.push(size);
      if (size === 8) throw new OrasError('DENIED', 'the registry says no');
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      stopped.push(size);
      throw new OrasError('ABORTED', 'stopped');
    },
  };
  const options = { concurrency: 2, describe: ({ size }: Blob) => `blob of ${size}`, openBlob: () => contentOf(Buffer.alloc(0)) };
  await assert.rejects(fetchBlobs([...contents.keys()], bundle, options), {
    code: 'DENIED',
    message: 'blob of 8: the registry says no',
  });
  assert.deepEqual([begun, stopped], [[9, 8], [9]]);
});

test('an interruption is told as one', async () => {
  const contents = blobsOf(9);
  const interruption = new AbortController();
  const bundle: Pusher = {
    async push() {
      interruption.abort(new OrasError('ABORTED', 'interrupted'));
      throw new Error('whatever breaks when a signal aborts');
    },
  };
  const options = { ...quiet, openBlob: () => contentOf(Buffer.alloc(0)), signal: interruption.signal };
  await assert.rejects(fetchBlobs([...contents.keys()], bundle, options), { code: 'ABORTED', message: 'interrupted' });
});

test('a blob that one repository lacks comes from the next that lists it', async () => {
  const bytes = Buffer.from('shared');
  const blob = blobOf(bytes);
  const sources = new MemorySources();
  await sources.target('b.example/has').push(blob, contentOf(bytes));
  const open = openBlob(blob, {
    open: sources.open,
    repositories: ['a.example/lacks', 'b.example/has'],
    known: undefined,
  });
  const batches = await Array.fromAsync(open());
  assert.equal(Buffer.concat(batches.flat()).toString(), 'shared');
  assert.deepEqual(sources.asked, [`a.example/lacks fetch ${blob.digest}`, `b.example/has fetch ${blob.digest}`]);
});

test('a blob that nobody has is NOT_FOUND', async () => {
  const blob = blobOf(Buffer.from('nowhere'));
  const open = openBlob(blob, {
    open: new MemorySources().open,
    repositories: ['a.example/a', 'b.example/b'],
    known: undefined,
  });
  await assert.rejects(Array.fromAsync(open()), { code: 'NOT_FOUND' });
});

test('what was read while resolving is not fetched again', async () => {
  const bytes = Buffer.from('a manifest');
  const blob = blobOf(bytes);
  const sources = new MemorySources();
  await sources.target('a.example/a').push(blob, contentOf(bytes));
  const small = new SmallContents();
  const read = small.remember(sources.open('a.example/a'));
  for (let times = 0; times < 2; times += 1) await Array.fromAsync(read.fetch(blob));
  const known = small.get(blob.digest);
  await Array.fromAsync(openBlob(blob, { open: sources.open, repositories: ['a.example/a'], known })());
  assert.equal(sources.asked.length, 1);
});

/** As a bundle that holds the first bytes: they are found on disk, the rest is fetched. */
function withResume(open: OpenContent, offset: number): OpenContent {
  return async function* () {
    yield [Buffer.alloc(offset, 2 * MIB)];
    yield* open({ resume: { offset, hash: createHash('sha256') } });
  };
}
