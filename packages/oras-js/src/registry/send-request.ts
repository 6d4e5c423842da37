import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { OrasError } from '../error.ts';
import type { OpenContent } from '../target/target.ts';
import { http, https } from './node-http.ts';
import { RegistryError } from './registry-error.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import { tellUnanswered } from './tell-unanswered.ts';
import { MIN_BYTES_PER_SECOND, watchPace } from './watch-pace.ts';
import { type WriteState, writeBody } from './write-body.ts';

/** A body that is opened when it is sent, and again when it has to be sent again. */
export interface StreamBody {
  readonly size: number;
  readonly open: OpenContent;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamBody | undefined;
  /** Whether what is read will be verified by its digest, so that a redirect to plain http is harmless. */
  readonly isVerified?: boolean | undefined;
  /** Whether the body is a credential: no redirect takes it to another origin. */
  readonly isBodySecret?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly method: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Not read yet; it must be read or destroyed. */
  readonly message: IncomingMessage;
  /** Who answered, after redirects. */
  readonly url: URL;
  /** False where the answer came before the whole body was sent. */
  readonly isBodySent: boolean;
}

export interface Timeouts {
  readonly connectMs: number;
  /** How long a connection may be silent while it is the other side's turn. */
  readonly stallMs: number;
  /** After how long without an answer `unanswered` is told. */
  readonly unansweredMs: number;
}

/** A commit of 10 GB takes a registry minutes before it answers; a proxy in between gives up after 60 s or longer. */
export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 30_000, stallMs: 120_000, unansweredMs: 5_000 };

/** Four times what Node allows by default: signed URLs, cookies and policies of several proxies fit. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * Sends one request and resolves with the answer's head; redirects and errors are answers. An answer that comes while the body is
 * being sent ends the sending and is returned, so that the reason (413, 401) is read and not the reset that follows it.
 * @throws what Node throws, ABORTED, and what the body's source throws, as it is
 */
export function sendRequest(
  request: HttpRequest,
  agent: Agent,
  timeouts: Timeouts,
  onEvent: OnRegistryEvent,
): Promise<HttpResponse> {
  const { method, url, headers, body, signal } = request;
  return new Promise((resolve, reject) => {
    const streams = body !== undefined && !(body instanceof Uint8Array);
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent,
      timeout: timeouts.stallMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: body === undefined ? headers : { ...headers, 'Content-Length': String(streams ? body.size : body.byteLength) },
      ...(signal ? { signal } : {}),
    });
    const state: WriteState = { answered: false, sent: !streams, waitingForSource: false };
    let message: IncomingMessage | undefined;

    limitConnecting(outgoing, timeouts.connectMs);
    const tell = (): void => {
      if (state.answered) return;
      const stop = tellUnanswered({ host: url.host, method, path: url.pathname, afterMs: timeouts.unansweredMs }, onEvent);
      outgoing.once('response', stop).once('close', stop);
    };
    const watch = (): void => {
      tell();
      watchPace(outgoing, timeouts.stallMs, () => (message ?? outgoing).destroy(tooSlow(url, timeouts.stallMs)));
    };
    // While a body is sent it is our turn.
    if (streams) outgoing.once('finish', watch);
    else watch();
    onSilence(outgoing, (socket) => {
      // Paused by us, or waiting for our own source: not the other side's fault. Ask again later.
      if (state.waitingForSource || message?.isPaused()) socket.setTimeout(timeouts.stallMs);
      else (message ?? outgoing).destroy(stalled(url, timeouts.stallMs));
    });
    outgoing.on('error', (error) => {
      if (signal?.aborted) reject(new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason }));
      else reject('code' in error && error.code === 'HPE_HEADER_OVERFLOW' ? headersTooLarge(url) : error);
    });
    outgoing.on('response', (incoming) => {
      message = incoming;
      state.answered = true;
      // Without a listener, a connection that breaks before the body is read would end the process.
      incoming.on('error', () => {});
      incoming.once('close', () => {
        if (!state.sent) outgoing.destroy();
      });
      resolve({
        method,
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        message: incoming,
        url,
        isBodySent: state.sent,
      });
    });

    if (streams) writeBody(outgoing, body, state, signal).catch((error: Error) => failSource(outgoing, error, reject));
    else outgoing.end(body);
  });
}

function failSource(outgoing: ClientRequest, error: Error, reject: (error: Error) => void): void {
  reject(error);
  outgoing.destroy();
}

/** Each time that the request's connection was silent for its timeout; a request itself says so once only (Node 24). */
function onSilence(outgoing: ClientRequest, listener: (socket: Socket) => void): void {
  outgoing.once('socket', (socket) => {
    const tell = (): void => listener(socket);
    socket.on('timeout', tell);
    outgoing.once('close', () => socket.off('timeout', tell));
  });
}

function limitConnecting(outgoing: ClientRequest, connectMs: number): void {
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      outgoing.destroy(Object.assign(new Error(`no connection within ${connectMs / 1000} s`), { code: 'ETIMEDOUT' }));
    }, connectMs);
    const clear = (): void => clearTimeout(timer);
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', clear).once('close', clear);
  });
}

function tooSlow(url: URL, windowMs: number): RegistryError {
  const text = `${url.host}: fewer than ${MIN_BYTES_PER_SECOND} bytes a second came for ${windowMs / 1000} s`;
  return new RegistryError('CONNECTION_FAILED', text, {
    remedy: 'Try again. If it stays so slow, look at the proxies and firewalls between.',
    transient: true,
  });
}

function headersTooLarge(url: URL): RegistryError {
  return new RegistryError('TOO_LARGE', `${url.host}: the headers of the answer have more than ${MAX_HEADER_BYTES} bytes`, {
    remedy: 'Check that a registry listens at this port, and what a proxy before it adds (cookies, policies).',
  });
}

function stalled(url: URL, stallMs: number): RegistryError {
  return new RegistryError('CONNECTION_FAILED', `${url.host}: nothing moved for ${stallMs / 1000} s`, {
    remedy: 'Try again. If it keeps stalling, look at the proxies and firewalls between.',
    transient: true,
  });
}
