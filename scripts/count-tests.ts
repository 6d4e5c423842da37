import type { TestEvent } from 'node:test/reporters';

/** A reporter for machines: the totals of a run as one line of JSON, for scripts/test to judge. */
export default async function* countTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    // A summary without a file is that of the whole run.
    if (event.type === 'test:summary' && event.data.file === undefined) yield `${JSON.stringify(event.data.counts)}\n`;
  }
}
