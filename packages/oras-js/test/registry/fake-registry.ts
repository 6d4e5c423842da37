import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { digestOf } from 'oras-js';

export const CERTIFICATE = readFileSync(new URL('./certificates/certificate.pem', import.meta.url), 'utf8');
const KEY = readFileSync(new URL('./certificates/key.pem', import.meta.url), 'utf8');

export interface Served {
  readonly method: string;
  readonly path: string;
  /** with its `?`, as it was sent */
  readonly query: string;
  readonly headers: http.IncomingHttpHeaders;
  /** bytes of the request's body that arrived, where the registry read it */
  body: Buffer;
  status: number;
  /** The name of the fault that answered instead of the registry. */
  fault?: string;
}

export interface Exchange {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly url: URL;
  readonly served: Served;
}

/** Answers instead of the registry; `false` leaves the request to it. */
export type Fault = (exchange: Exchange) => boolean | Promise<boolean>;

/**
 * A registry in memory, which speaks as distribution 2.8 does (OCI distribution-spec v1.1.1): HEAD and GET with one Range, POST →
 * PATCH → PUT and POST → PUT, mount, manifests by tag and digest, one page of tags. `fault` stands before it and misbehaves.
 * `log` has all that was asked, in order.
 */
export class FakeRegistry implements AsyncDisposable {
  readonly log: Served[] = [];
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  readonly #uploads = new Map<string, Buffer>();
  readonly #server: http.Server;
  fault: Fault = () => false;

  private constructor(server: http.Server) {
    this.#server = server;
  }

  /** @param tls further options, such as those that ask for a client's certificate */
  static async start({ tls = false }: { readonly tls?: boolean | https.ServerOptions } = {}): Promise<FakeRegistry> {
    const more = typeof tls === 'object' ? tls : {};
    const server = tls ? https.createServer({ key: KEY, cert: CERTIFICATE, ...more }) : http.createServer();
    const registry = new FakeRegistry(server);
    server.on('request', (request, response) => {
      request.on('error', () => {});
      registry.#serve(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get origin(): string {
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://${this.host}`;
  }

  /** `METHOD path status` of all that was asked for, without the ping. */
  get asked(): string[] {
    return this.log
      .filter(({ path }) => path !== '/v2/')
      .map(({ method, path, status }) => `${method} ${path.replace(/uploads\/\w+/, 'uploads/ID')} ${status}`);
  }

  addBlob(bytes: Buffer): { mediaType: string; digest: ReturnType<typeof digestOf>; size: number } {
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType: 'application/octet-stream', digest, size: bytes.byteLength };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const served: Served = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.search,
      headers: request.headers,
      body: Buffer.alloc(0),
      status: 0,
    };
    this.log.push(served);
    response.on('close', () => {
      served.status = response.headersSent ? response.statusCode : 0;
    });
    if (await this.fault({ request, response, url, served })) return;
    served.body = await readAll(request);
    const match = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags)\/([^/]*)$/.exec(url.pathname);
    const [, , kind = '', name = ''] = match ?? [];
    if (kind === 'blobs') return this.#blob(name, request, response);
    if (kind === 'manifests') return this.#manifest(name, { request, response, url, served });
    if (kind === 'blobs/uploads') return this.#upload(name, { request, response, url, served });
    if (kind === 'tags') return answer(response, 200, { tags: [...this.manifests.keys()].filter((tag) => !tag.includes(':')) });
    answer(response, 200, {});
  }

  #blob(digest: string, request: http.IncomingMessage, response: http.ServerResponse) {
    const bytes = this.blobs.get(digest);
    if (!bytes) return answer(response, 404, { errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }] });
    const first = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? -1);
    const body = bytes.subarray(Math.max(first, 0));
    response.writeHead(first < 0 ? 200 : 206, {
      'Content-Length': body.byteLength,
      'Docker-Content-Digest': digest,
      ...(first < 0 ? {} : { 'Content-Range': `bytes ${first}-${bytes.byteLength - 1}/${bytes.byteLength}` }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #manifest(reference: string, { request, response, served }: Exchange) {
    if (request.method === 'PUT') {
      const digest = digestOf(served.body);
      const manifest = { type: request.headers['content-type'] ?? '', bytes: served.body };
      this.manifests.set(reference, manifest).set(digest, manifest);
      response.writeHead(201, { 'Docker-Content-Digest': digest }).end();
      return;
    }
    const manifest = this.manifests.get(reference);
    if (!manifest) return answer(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
    const headers = { 'Content-Type': manifest.type, 'Content-Length': manifest.bytes.byteLength };
    response.writeHead(200, { ...headers, 'Docker-Content-Digest': digestOf(manifest.bytes) });
    response.end(request.method === 'HEAD' ? undefined : manifest.bytes);
  }

  #upload(id: string, { request, response, url, served }: Exchange) {
    const at = (session: string): string => url.pathname.replace(/uploads\/.*$/, `uploads/${session}?_state=${session}%3D`);
    if (request.method === 'POST') {
      const mount = url.searchParams.get('mount');
      const mounted = mount !== null && this.blobs.has(mount);
      const session = String(this.#uploads.size + 1);
      if (!mounted) this.#uploads.set(session, Buffer.alloc(0));
      response.writeHead(mounted ? 201 : 202, { Location: at(session) }).end();
      return;
    }
    const before = this.#uploads.get(id);
    if (!before || url.searchParams.get('_state') !== `${id}=`) {
      return answer(response, 404, { errors: [{ code: 'BLOB_UPLOAD_INVALID', message: 'blob upload invalid' }] });
    }
    const bytes = Buffer.concat([before, served.body]);
    this.#uploads.set(id, bytes);
    if (request.method === 'PATCH') {
      response.writeHead(202, { Location: at(id) }).end();
      return;
    }
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(bytes) !== digest) {
      return answer(response, 400, {
        errors: [{ code: 'DIGEST_INVALID', message: 'provided digest did not match uploaded content' }],
      });
    }
    this.blobs.set(digest, bytes);
    response.writeHead(201, { 'Docker-Content-Digest': digest }).end();
  }
}

export function answer(
  response: http.ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(value));
}

async function readAll(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
