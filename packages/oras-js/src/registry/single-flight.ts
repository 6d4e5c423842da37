import { throwIfAborted } from '../abort.ts';
import { OrasError } from '../error.ts';

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Lets callers who want the same thing at the same time share one attempt. A caller's signal only ends its own waiting;
 * the attempt is aborted when nobody waits any more.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  async join(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    const flight = this.#flights.get(key) ?? this.#start(key, start);
    flight.waiting += 1;
    let leave = (): void => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(new OrasError('ABORTED', 'the operation was aborted', { cause: signal?.reason }));
    });
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.promise, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#abandon(key, flight);
    }
  }

  /** Who comes now starts anew, and does not get the end that the others have made. */
  #abandon(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    flight.controller.abort();
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const promise = start(controller.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    promise.catch(() => {}); // all who waited may have left
    const flight: Flight<T> = { promise, controller, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
