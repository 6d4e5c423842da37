import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { limitedSources } from '../../src/resolve/limited-sources.ts';
import { resolveRequest } from '../../src/resolve/resolve-request.ts';
import type { OpenSource } from '../../src/resolve/source.ts';
import { MemorySources } from '../fixtures/memory-sources.ts';
import { smallReleaseEntries } from '../fixtures/small-release.ts';

const REQUEST = { versions: { controlPlane: 'latest', workspaceServer: 'latest' } };

/** Counts how many answers are awaited at once. */
function counting(open: OpenSource): { open: OpenSource; most: () => number } {
  let running = 0;
  let most = 0;
  async function* during<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
    most = Math.max(most, ++running);
    await setTimeout(2);
    try {
      yield* items;
    } finally {
      running -= 1;
    }
  }
  return {
    most: () => most,
    open: (repository) => {
      const source = open(repository);
      return {
        exists: (descriptor, options) => source.exists(descriptor, options),
        tags: (options) => during(source.tags(options)),
        fetch: (descriptor, options) => during(source.fetch(descriptor, options)),
        resolve: async (reference, options) => {
          most = Math.max(most, ++running);
          await setTimeout(2);
          running -= 1;
          return await source.resolve(reference, options);
        },
      };
    },
  };
}

for (const concurrency of [1, 3]) {
  test(`of all repositories together ${concurrency} at most are asked at a time, and the lock is the same`, async () => {
    const sources = await MemorySources.of(await smallReleaseEntries());
    const counted = counting(sources.open);
    const options = { now: '2026-11-25T12:00:00Z', concurrency: 8 };
    const limited = await resolveRequest(REQUEST, { ...options, open: limitedSources(counted.open, concurrency) });
    assert.equal(counted.most(), concurrency);
    assert.deepEqual(limited, await resolveRequest(REQUEST, { ...options, open: sources.open }));
  });
}

test('a reader that leaves gives its place to the next', async () => {
  const sources = await MemorySources.of(await smallReleaseEntries());
  const source = limitedSources(sources.open, 1)('docker.io/zenmldocker/zenml');
  for await (const tag of source.tags()) {
    assert.equal(typeof tag, 'string');
    break;
  }
  assert.equal((await source.resolve('0.93.2')).digest.slice(0, 7), 'sha256:');
});
