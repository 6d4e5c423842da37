import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Reply } from './scripted-registry.ts';

type Headers = Readonly<Record<string, string | number | readonly string[]>>;

export interface Answer {
  readonly headers?: Headers;
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object;
  /** The answer comes before the request's body is read, which is then let pass by for a while, as nginx does. */
  readonly early?: boolean;
}

/** The answer comes after the request's body, unless `early`. HEAD gets no body, but the headers. */
export function answers(status: number, { headers = {}, body, early = false }: Answer = {}): Reply {
  return async ({ request, response }) => {
    if (!early) for await (const _ of request);
    const isText = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = isText ? (body ?? '') : JSON.stringify(body);
    response.writeHead(status, {
      ...(isText ? {} : { 'Content-Type': 'application/json' }),
      ...(headers as OutgoingHttpHeaders),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes, () => request.resume());
  };
}

/** A body as the distribution spec has it. */
export function errors(code: string, message: string, detail?: unknown): object {
  return { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] };
}

export function redirects(to: string | (() => string), status = 307): Reply {
  return (exchange) => answers(status, { headers: { Location: typeof to === 'string' ? to : to() } })(exchange);
}

/** Reads so many bytes of the request's body, then resets the connection. */
export function resetsAfter(bytes: number): Reply {
  return async ({ request }) => {
    let read = 0;
    for await (const chunk of request) {
      read += chunk.length;
      if (read >= bytes) break;
    }
    request.socket.resetAndDestroy();
  };
}

/** Announces all of a body and breaks the connection after a part of it. */
export function cuts(status: number, { headers = {}, body, at }: { headers?: Headers; body: Buffer; at: number }): Reply {
  return ({ response }) => {
    response.writeHead(status, { 'Content-Length': body.byteLength, ...(headers as OutgoingHttpHeaders) });
    // Destroyed when the bytes are out: what is destroyed before may never arrive.
    response.write(body.subarray(0, at), () => response.socket?.end());
  };
}

/** The registry's own answer with another status or other headers; `undefined` takes one away. */
export function changes(change: {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
}): Reply {
  return ({ response }) => {
    const writeHead = response.writeHead.bind(response) as (status: number, headers: OutgoingHttpHeaders) => ServerResponse;
    Object.assign(response, {
      writeHead(status: number, headers: OutgoingHttpHeaders = {}) {
        const changed: OutgoingHttpHeaders = { ...headers, ...change.headers };
        for (const name of Object.keys(changed)) if (changed[name] === undefined) delete changed[name];
        return writeHead(change.status ?? status, changed);
      },
    });
    return 'pass';
  };
}
