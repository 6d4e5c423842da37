import { OrasError } from './error.ts';

/** @throws ABORTED, with the signal's reason as its cause */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason });
}
