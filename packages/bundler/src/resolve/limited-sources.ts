import type { Content, Descriptor, FetchOptions } from 'oras-js';
import pLimit, { type LimitFunction } from 'p-limit';
import type { OpenSource, Source } from './source.ts';

/** The same sources, of all of which together at most `concurrency` answers are awaited at a time. */
export function limitedSources(open: OpenSource, concurrency: number): OpenSource {
  const limit = pLimit(concurrency);
  return (repository) => {
    const source = open(repository);
    return {
      resolve: (reference, options) => limit(() => source.resolve(reference, options)),
      exists: (descriptor, options) => limit(() => source.exists(descriptor, options)),
      tags: (options) => within(limit, () => source.tags(options)),
      fetch: (descriptor: Descriptor, options?: FetchOptions): Content => within(limit, () => source.fetch(descriptor, options)),
    } satisfies Source;
  };
}

/** Holds one of the limit's places from the first item to the last, or until the reader leaves. */
async function* within<Item>(limit: LimitFunction, begin: () => AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  await new Promise<void>((entered) => {
    void limit(() => {
      entered();
      return left;
    });
  });
  try {
    yield* begin();
  } finally {
    leave();
  }
}
