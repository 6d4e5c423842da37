import pLimit from 'p-limit';

export interface ParallelOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` for every item, in order of start, a few at a time. The first failure stops the others;
 * it is thrown once all have ended, so nothing goes on behind the caller's back.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  work: (item: Item, signal: AbortSignal) => Promise<void>,
  { concurrency, signal }: ParallelOptions,
): Promise<void> {
  const stop = new AbortController();
  const combined = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const limit = pLimit(concurrency);
  let failure: { readonly error: unknown } | undefined;
  const run = async (item: Item): Promise<void> => {
    if (combined.aborted) return;
    try {
      await work(item, combined);
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  };
  await Promise.all(items.map((item) => limit(run, item)));
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure.error;
}
