import { AirgapError } from '@zenml-airgap/bundle-spec';
import { OrasError } from 'oras-js';
import pLimit from 'p-limit';

export interface GatherOptions<Item> {
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  /** Names an item in messages. */
  readonly subject: (item: Item) => string;
  /** Begins the message when several failed: `artifacts could not be read`. */
  readonly failed: string;
}

interface Failure {
  readonly subject: string;
  readonly error: OrasError<string>;
}

/**
 * Does `work` on all items, a few at a time, and reports the problems of all of them together: nobody wants to
 * correct six lines in six runs.
 */
export async function gather<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  options: GatherOptions<Item>,
): Promise<Result[]> {
  const limit = pLimit(options.concurrency);
  const settled = await Promise.allSettled(
    items.map((item) =>
      limit(() => {
        options.signal?.throwIfAborted();
        return work(item);
      }),
    ),
  );
  options.signal?.throwIfAborted();
  const results: Result[] = [];
  const failures: Failure[] = [];
  for (const [index, outcome] of settled.entries()) {
    const item = items[index];
    if (outcome.status === 'fulfilled') results.push(outcome.value);
    else if (outcome.reason instanceof OrasError && item !== undefined) {
      failures.push({ subject: options.subject(item), error: outcome.reason });
    } else throw outcome.reason;
  }
  if (failures.length > 0) throw together(failures, options.failed);
  return results;
}

/** One error for all; its code and remedy are the first one's, and the lines of other kinds say theirs. */
function together(failures: readonly Failure[], failed: string): AirgapError {
  const [first] = failures;
  if (first === undefined) throw new RangeError('no failures');
  const details = { remedy: first.error.remedy, cause: first.error.cause, side: first.error.side, status: first.error.status };
  const code = first.error.code as AirgapError['code'];
  if (failures.length === 1) return new AirgapError(code, about(first.subject, first.error.message), details);
  const subjectsByMessage = Map.groupBy(
    failures,
    ({ error }) => `${error.code === code ? '' : `${error.code}: `}${error.message}`,
  );
  const problems = [...subjectsByMessage].map(([message, same]) => about(same.map(({ subject }) => subject).join(', '), message));
  return new AirgapError(code, `${failures.length} ${failed}`, { ...details, cause: undefined, problems });
}

function about(subject: string, message: string): string {
  return subject === '' ? message : `${subject}: ${message}`;
}
