import { OrasError } from '../error.ts';
import type { OpenContent } from '../target/target.ts';

export type CopySide = 'source' | 'destination';

/** Says on which side `error` happened, unless it says so already. The error itself stays: its class, code and stack matter to others. */
export function markSide(error: unknown, side: CopySide): unknown {
  if (error instanceof OrasError && error.side === undefined) Object.assign(error, { side });
  return error;
}

export async function onSide<Result>(side: CopySide, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw markSide(error, side);
  }
}

interface TrackedSource {
  readonly open: OpenContent;
  /** Whether the source, when it was last opened, failed: then a push that failed is the source's fault. */
  readonly failed: () => boolean;
}

/** A push reads the source: what fails in it may be either side. */
function trackSource(open: OpenContent): TrackedSource {
  let failed = false;
  return {
    failed: () => failed,
    open: async function* (options) {
      failed = false;
      try {
        yield* open(options);
      } catch (error) {
        failed = true;
        throw markSide(error, 'source');
      }
    },
  };
}

/** Runs a push that reads `open`, and says on which side it failed. */
export async function pushFrom(open: OpenContent, push: (open: OpenContent) => Promise<void>): Promise<void> {
  const tracked = trackSource(open);
  try {
    await push(tracked.open);
  } catch (error) {
    throw markSide(error, tracked.failed() ? 'source' : 'destination');
  }
}
