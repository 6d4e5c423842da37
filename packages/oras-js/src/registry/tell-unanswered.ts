import type { OnRegistryEvent } from './registry-event.ts';

export interface Unanswered {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly afterMs: number;
}

/**
 * Says `unanswered` once, `afterMs` from now.
 * @returns to be called when the answer is there: then nothing is said
 */
export function tellUnanswered({ host, method, path, afterMs }: Unanswered, onEvent: OnRegistryEvent): () => void {
  const timer = setTimeout(() => onEvent({ type: 'unanswered', host, method, path, waitedMs: afterMs }), afterMs);
  return () => clearTimeout(timer);
}
