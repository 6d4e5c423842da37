import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { throwIfAborted } from '../abort.ts';
import { OrasError } from '../error.ts';
import { RegistryError } from './registry-error.ts';
import type { OnRegistryEvent } from './registry-event.ts';

export interface RetryPolicy {
  /** in all, the first included */
  readonly attempts: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** A registry that asks for a longer pause fails the operation: the user decides. */
  readonly maxRetryAfterMs: number;
}

/** About 10 s in all: outlasts a restart of a registry or a proxy, and no user's patience. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, minDelayMs: 300, maxDelayMs: 8_000, maxRetryAfterMs: 120_000 };

/** When a registry will be asked again: one pause for all requests to a host. */
export class HostPause {
  #untilMs = 0;

  extend(delayMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, performance.now() + delayMs);
  }

  async wait(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const delayMs = this.#untilMs - performance.now();
      if (delayMs <= 0) return;
      await sleep(Math.ceil(delayMs), undefined, signal ? { signal } : {});
    }
  }
}

export interface RetryContext {
  readonly host: string;
  readonly policy: RetryPolicy;
  readonly pause: HostPause;
  readonly onEvent: OnRegistryEvent;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `work` again while it fails with what may heal (`RegistryError.transient`), with growing, random delays.
 * @throws ABORTED, or the last failure as it is
 */
export async function retrying<T>(context: RetryContext, work: (attempt: number) => Promise<T>): Promise<T> {
  const { host, policy, pause, onEvent, signal } = context;
  throwIfAborted(signal);
  try {
    return await pRetry(
      async (attempt) => {
        await pause.wait(signal);
        return await work(attempt);
      },
      {
        retries: policy.attempts - 1,
        factor: 2,
        minTimeout: policy.minDelayMs,
        maxTimeout: policy.maxDelayMs,
        randomize: true,
        ...(signal ? { signal } : {}),
        shouldRetry: ({ error, attemptNumber, retryDelay }) => {
          if (!(error instanceof RegistryError) || !error.transient) return false;
          const askedMs = error.retryAfterMs ?? 0;
          if (askedMs > policy.maxRetryAfterMs) return false;
          if (askedMs > 0) {
            pause.extend(askedMs);
            onEvent({ type: 'wait', host, delayMs: askedMs });
          }
          onEvent({
            type: 'retry',
            host,
            attempt: attemptNumber,
            delayMs: Math.max(retryDelay, askedMs),
            reason: error.message,
          });
          return true;
        },
      },
    );
  } catch (error) {
    if (signal?.aborted && !(error instanceof OrasError)) {
      throw new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason });
    }
    throw error;
  }
}
