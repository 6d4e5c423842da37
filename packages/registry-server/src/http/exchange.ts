import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Content } from 'oras-js';
import type { RequestLogEntry } from './request-log.ts';

/** One request and its answer, with what is counted on the way. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly entry: RequestLogEntry;
  readonly #onBytes: ((entry: RequestLogEntry) => void) | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    entry: RequestLogEntry,
    onBytes?: (entry: RequestLogEntry) => void,
  ) {
    this.request = request;
    this.response = response;
    this.entry = entry;
    this.#onBytes = onBytes;
    const url = request.url ?? '/';
    const question = url.indexOf('?');
    this.query = new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
  }

  get method(): string {
    return this.request.method ?? '';
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  received(bytes: number): void {
    this.entry.requestBytes += bytes;
    this.#onBytes?.(this.entry);
  }

  /** An answer with a body at hand; to HEAD, its headers. */
  answer(status: number, headers: Readonly<Record<string, string | number>> = {}, body?: Uint8Array | string): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const length = bytes || status !== 204 ? { 'Content-Length': bytes?.byteLength ?? 0 } : {};
    this.entry.status = status;
    this.response.writeHead(status, { ...length, ...headers });
    if (!bytes || this.method === 'HEAD') {
      this.response.end();
      return;
    }
    this.entry.responseBytes += bytes.byteLength;
    this.response.end(bytes);
  }

  json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.answer(status, { 'Content-Type': 'application/json', ...headers }, JSON.stringify(value));
  }

  /** An answer that is streamed; `headers` say how long it is. Stops reading when the client hangs up. */
  async stream(status: number, headers: Readonly<Record<string, string | number>>, content: Content): Promise<void> {
    const { response } = this;
    this.entry.status = status;
    response.writeHead(status, headers);
    // One batch is held back: content that turns out wrong at its end must not reach the client whole.
    let held: Uint8Array[] = [];
    try {
      for await (const batch of content) {
        await this.#write(held);
        if (response.destroyed) return;
        held = batch;
      }
      await this.#write(held);
      response.end();
    } catch (error) {
      // The headers are out: a connection that breaks is the only way left to say that the content is not whole.
      response.destroy();
      throw error;
    }
  }

  async #write(batch: Uint8Array[]): Promise<void> {
    for (const chunk of batch) {
      this.entry.responseBytes += chunk.byteLength;
      if (!this.response.write(chunk)) await drained(this.response);
    }
    if (batch.length > 0) this.#onBytes?.(this.entry);
  }
}

function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
