import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BasicAuth } from './http/authenticate.ts';
import { Exchange } from './http/exchange.ts';
import { handle, type Service } from './http/handle.ts';
import { MAX_LOG_ENTRIES, type RequestLogEntry } from './http/request-log.ts';
import { Uploads } from './http/uploads.ts';
import { folderStorage, memoryStorage } from './storage/linked-storage.ts';
import { isWritable, type RegistryStorage } from './storage/registry-storage.ts';

/** Longer than clients keep a connection: one that is closed just as a request is sent looks like a failure. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 60_000;

export interface RegistryOptions {
  /** What to serve: a folder, which is made where it is not there, or a storage. Memory by default. */
  readonly target?: string | RegistryStorage | undefined;
  /** 127.0.0.1 by default. */
  readonly host?: string | undefined;
  /** A free one by default. */
  readonly port?: number | undefined;
  /** PEM. Plain HTTP without it. */
  readonly tls?:
    | {
        readonly cert: string | Buffer;
        readonly key: string | Buffer;
        /** Whose client certificates are taken; only with `requestCert`. */
        readonly ca?: string | Buffer;
        readonly requestCert?: boolean;
        readonly rejectUnauthorized?: boolean;
      }
    | undefined;
  /** Asked for in every request, reading or writing. */
  readonly basicAuth?: BasicAuth | undefined;
  readonly readOnly?: boolean | undefined;
  /** A request has ended, answered or not. */
  readonly onRequest?: ((entry: RequestLogEntry) => void) | undefined;
  /** Bytes of a body came in (for each chunk) or went out (for each batch); `entry` has the sums so far. */
  readonly onBytes?: ((entry: RequestLogEntry) => void) | undefined;
}

export interface RegistryServer extends AsyncDisposable {
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** `127.0.0.1:5000`, as references begin */
  readonly host: string;
  readonly port: number;
  /** Every request so far, in the order in which they came, those under way too; the last 50,000. */
  readonly log: readonly RequestLogEntry[];
  /** Breaks what is under way; what is stored stays. */
  close(): Promise<void>;
}

/** Serves a storage over the OCI distribution API v1.1. @throws what `listen` throws, EADDRINUSE say */
export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryServer> {
  const { target, host = '127.0.0.1', port = 0, tls, basicAuth, readOnly = false, onRequest, onBytes } = options;
  const storage = typeof target === 'string' ? await folderStorage(target) : (target ?? memoryStorage());
  const uploads = isWritable(storage) && !readOnly ? new Uploads(storage) : undefined;
  const service: Service = { storage, uploads, basicAuth };
  const log: RequestLogEntry[] = [];

  const onExchange = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '' } = request;
    const entry: RequestLogEntry = { method, path: url, status: 0, requestBytes: 0, responseBytes: 0, finished: false };
    log.push(entry);
    if (log.length > MAX_LOG_ENTRIES) log.shift();
    response.on('finish', () => {
      entry.finished = true;
    });
    response.on('close', () => onRequest?.(entry));
    // A response that breaks is noticed where it is written.
    response.on('error', () => undefined);
    void handle(new Exchange(request, response, entry, onBytes), service);
  };
  const server = tls ? createTlsServer({ ...tls }, onExchange) : createServer(onExchange);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  // A layer may take hours on a slow line.
  server.requestTimeout = 0;
  await listen(server, host, port);

  const address = server.address() as AddressInfo;
  const hostAndPort = `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= stop(server, uploads);
    return closed;
  };
  return {
    url: `${tls ? 'https' : 'http'}://${hostAndPort}`,
    host: hostAndPort,
    port: address.port,
    log,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(server: Server, uploads: Uploads | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  await uploads?.discardAll();
}
