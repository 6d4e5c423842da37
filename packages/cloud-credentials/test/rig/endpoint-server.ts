import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  readonly method: string;
  /** Host header and path, as asked */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Answers so much later; whoever has left by then shows. */
  readonly holdMs?: number;
}

export interface EndpointServer extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly Asked[];
  /** method and path of all that was asked, in order */
  lines(): string[];
}

/** A local server that plays a cloud's endpoint by `answer`, and keeps what it was asked. */
export async function startEndpoint(
  answer: (asked: Asked) => Reply,
  tls?: { readonly cert: string; readonly key: string },
): Promise<EndpointServer> {
  const asked: Asked[] = [];
  const listener: http.RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', headers } = request;
    const one = { method, url: `${headers.host}${request.url}`, headers, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    const { status = 200, headers: more = {}, body = '', holdMs = 0 } = answer(one);
    if (holdMs > 0) await sleep(holdMs);
    const isText = typeof body === 'string';
    response.writeHead(status, { 'Content-Type': isText ? 'text/plain' : 'application/json', Connection: 'close', ...more });
    response.end(isText ? body : JSON.stringify(body));
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    lines: () => asked.map(({ method, url }) => `${method} ${url.slice(url.indexOf('/'))}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
