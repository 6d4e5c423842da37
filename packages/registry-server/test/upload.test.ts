import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from 'oras-js';
import { Upload } from '../src/index.ts';

const CHUNK = Buffer.alloc(16_384, 7);

/** A body of `count` chunks, as TLS delivers them. */
function body(count: number): Readable {
  return Readable.from(
    (async function* () {
      for (let i = 0; i < count; i += 1) yield CHUNK;
    })(),
    { objectMode: false, highWaterMark: 65_536 },
  );
}

function blob(write: (batch: Uint8Array[], position: number) => Promise<void>) {
  return { write, async *read() {}, finish: async () => undefined, discard: async () => undefined };
}

suite('an upload', () => {
  test('writes batches of 1 MiB, each at its place, and holds back a body that comes faster than the disk', async () => {
    let running = 0;
    let most = 0;
    const written: [position: number, size: number][] = [];
    const upload = new Upload(
      blob(async (batch, position) => {
        running += 1;
        most = Math.max(most, running);
        await sleep(5);
        running -= 1;
        written.push([position, batch.reduce((sum, chunk) => sum + chunk.byteLength, 0)]);
      }),
    );
    await upload.receive(body(650), () => undefined);
    assert.equal(running, 0);
    assert.equal(upload.size, 650 * 16_384);
    assert.ok(most <= 4, `${most} batches were in flight`);
    let expected = 0;
    for (const [position, size] of written.sort(([a], [b]) => a - b)) {
      assert.equal(position, expected);
      assert.ok(size >= 1_048_576 || position + size === upload.size);
      expected += size;
    }
    await upload.verify(digestOf(Buffer.concat(Array(650).fill(CHUNK))));
  });

  test('stops when the disk is full, but reads on so that the client gets its answer', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const upload = new Upload(blob(async (_, position) => (position > 0 ? Promise.reject(full) : undefined)));
    const source = body(2000);
    await assert.rejects(
      upload.receive(source, () => undefined),
      (error) => error === full,
    );
    await new Promise((resolve) => source.once('end', resolve));
    await assert.rejects(upload.verify(digestOf(CHUNK)), (error) => error === full);
  });

  test('refuses a body that had broken before it was read', async () => {
    const source = body(10);
    source.destroy();
    await assert.rejects(
      new Upload(blob(async () => undefined)).receive(source, () => undefined),
      { code: 'CONNECTION_FAILED' },
    );
  });
});
