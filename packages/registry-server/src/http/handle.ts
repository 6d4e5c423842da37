import { isWritable, type RegistryStorage } from '../storage/registry-storage.ts';
import { authenticate, type BasicAuth } from './authenticate.ts';
import type { Exchange } from './exchange.ts';
import { RegistryFailure } from './registry-failure.ts';
import { type Route, routeOf } from './route.ts';
import { serveBlob } from './serve-blob.ts';
import { serveCatalog, serveReferrers, serveTags } from './serve-listing.ts';
import { serveManifest } from './serve-manifest.ts';
import type { Uploads } from './uploads.ts';

export interface Service {
  readonly storage: RegistryStorage;
  /** Absent where nothing may be written. */
  readonly uploads: Uploads | undefined;
  readonly basicAuth: BasicAuth | undefined;
}

/** Answers one request, whatever it is. */
export async function handle(exchange: Exchange, service: Service): Promise<void> {
  const { response, entry } = exchange;
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
  try {
    await dispatch(exchange, service);
  } catch (error) {
    if (!(error instanceof RegistryFailure)) entry.error = error;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const failure = error instanceof RegistryFailure ? error : new RegistryFailure(500, 'UNKNOWN', 'the server failed');
    const { status, code, message, detail, headers } = failure;
    exchange.json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] }, headers);
  }
}

async function dispatch(exchange: Exchange, service: Service): Promise<void> {
  const { storage, uploads } = service;
  const path = (exchange.request.url ?? '').split('?', 1)[0] ?? '';
  authenticate(exchange, service.basicAuth);
  const route = routeOf(path);
  if (!route) throw new RegistryFailure(404, 'UNSUPPORTED', 'no such endpoint');
  if (!methodsOf(route).includes(exchange.method)) throw new RegistryFailure(405, 'UNSUPPORTED', 'no such method here');
  const writes = exchange.method !== 'GET' && exchange.method !== 'HEAD';
  if (writes && (!uploads || !isWritable(storage))) throw new RegistryFailure(405, 'UNSUPPORTED', 'this registry is read-only');
  switch (route.kind) {
    case 'ping':
      return exchange.json(200, {});
    case 'catalog':
      return serveCatalog(exchange, storage);
    case 'tags':
      return serveTags(exchange, storage, route.repository);
    case 'referrers':
      return serveReferrers(exchange, storage, route);
    case 'blob':
      return serveBlob(exchange, storage, route);
    case 'manifest':
      return serveManifest(exchange, storage, route);
    case 'uploads':
      return uploads?.begin(exchange, route.repository);
    case 'upload':
      if (!uploads) throw new RegistryFailure(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
      return uploads.serve(exchange, route);
    default:
      return route satisfies never;
  }
}

function methodsOf(route: Route): readonly string[] {
  switch (route.kind) {
    case 'uploads':
      return ['POST'];
    case 'upload':
      return ['GET', 'HEAD', 'PATCH', 'PUT', 'DELETE'];
    case 'blob':
      return ['GET', 'HEAD', 'DELETE'];
    case 'manifest':
      return ['GET', 'HEAD', 'PUT', 'DELETE'];
    default:
      return ['GET', 'HEAD'];
  }
}
