import type { ClientRequest } from 'node:http';
import { BatchPool } from '../content/batch-pool.ts';
import { OrasError } from '../error.ts';
import type { StreamBody } from './send-request.ts';

export interface WriteState {
  /** The answer has come: nothing more is to be sent. */
  answered: boolean;
  /** All bytes were handed over. */
  sent: boolean;
  waitingForSource: boolean;
}

/**
 * Writes `body` into a request of fixed Content-Length. The next batch is read while the last one is being sent.
 * @throws what the source throws; SIZE_MISMATCH where it yields another number of bytes
 */
export async function writeBody(
  outgoing: ClientRequest,
  body: StreamBody,
  state: WriteState,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffers = new BatchPool();
  const batches = body.open({ signal, buffers })[Symbol.asyncIterator]();
  let written = 0;
  let next = ahead(batches);
  try {
    for (;;) {
      state.waitingForSource = true;
      const { done, value } = await next;
      state.waitingForSource = false;
      if (state.answered || outgoing.destroyed) return;
      if (done) break;
      for (const chunk of value) written += chunk.byteLength;
      if (written > body.size) throw sizeMismatch(body.size, 'more');
      outgoing.cork();
      let flowing = true;
      for (const chunk of value) flowing = outgoing.write(chunk, () => buffers.give(chunk)) && flowing;
      outgoing.uncork();
      next = ahead(batches);
      if (!flowing) await drained(outgoing, state);
    }
    if (written < body.size) throw sizeMismatch(body.size, String(written));
    state.sent = true;
    outgoing.end();
  } finally {
    if (!state.sent) await batches.return?.();
  }
}

/** Asks for the next batch; its failure is for whoever awaits it, also if that is nobody. */
function ahead(batches: AsyncIterator<Uint8Array[]>): Promise<IteratorResult<Uint8Array[]>> {
  const next = batches.next();
  next.catch(() => {});
  return next;
}

function drained(outgoing: ClientRequest, state: WriteState): Promise<void> {
  return new Promise((resolve) => {
    if (state.answered || outgoing.destroyed || !outgoing.writableNeedDrain) return resolve();
    const done = (): void => {
      outgoing.off('drain', done).off('response', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('response', done).on('close', done);
  });
}

function sizeMismatch(size: number, found: string): OrasError {
  return new OrasError('SIZE_MISMATCH', `the content to be sent should have ${size} bytes, there are ${found}`);
}
