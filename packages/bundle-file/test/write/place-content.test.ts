import assert from 'node:assert/strict';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { BatchPool, type Content } from 'oras-js';
import { PartialFile } from '../../src/write/partial-file.ts';
import { placeContent } from '../../src/write/place-content.ts';
import { plannedBlobs } from '../../src/write/planned-blob.ts';
import { smallSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const small = await smallSample();

test('memory is not given back while the second place of a batch still reads it, though the first has failed', async () => {
  await using folder = await temporaryFolder();
  await using file = await PartialFile.open(join(folder.path, 'bundle.tar.partial'), small.plan);
  const chart = small.draft.charts[0]?.layer;
  const blob = [...plannedBlobs(small.plan).values()].find(({ digest }) => digest === chart?.digest);
  const bytes = small.contents.find(({ descriptor }) => descriptor.digest === chart?.digest)?.bytes;
  assert.ok(blob !== undefined && bytes !== undefined && blob.places.length === 2);
  const { dataOffset } = blob.places[1] ?? blob.places[0];
  const buffers = new BatchPool();
  const events: string[] = [];
  const give = buffers.give.bind(buffers);
  buffers.give = (chunk) => {
    events.push('given back');
    give(chunk);
  };
  const failing: Pick<FileHandle, 'writev'> = {
    writev: async (parts, position) => {
      if (position !== dataOffset) throw new Error('the first place fails');
      await setTimeout(20);
      events.push('written to the second place');
      return { bytesWritten: parts.reduce((sum, part) => sum + part.byteLength, 0), buffers: parts };
    },
  };
  async function* pooled(): Content {
    const memory = buffers.take();
    memory.set(bytes ?? []);
    yield [memory.subarray(0, bytes?.length)];
  }
  const watched = Object.create(file, { handle: { value: { ...failing, read: file.handle.read.bind(file.handle) } } });
  await assert.rejects(placeContent(watched, blob, pooled, { buffers }), /the first place fails/);
  assert.deepEqual(events, ['written to the second place', 'given back']);
});
