import type { CommandHost } from './command-host.ts';

export interface GuardedOutput {
  /** What has kept a result from being written, once everything written so far has been tried. */
  failure(): Promise<NodeJS.ErrnoException | undefined>;
}

/**
 * Readers may leave early: `| head` closes stdout, a log collector that dies closes stderr, and neither is a reason to
 * break off a load. Stays in place until the process ends, for streams report after the write that failed.
 */
export function guardOutput({ stdout, stderr }: Pick<CommandHost, 'stdout' | 'stderr'>): GuardedOutput {
  let failure: NodeJS.ErrnoException | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  });
  // Notes and progress: whether anybody can read them or not, the command goes on.
  stderr.on('error', () => {});
  return {
    async failure() {
      await new Promise((resolve) => setImmediate(resolve));
      return failure;
    },
  };
}
