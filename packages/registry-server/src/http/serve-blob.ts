import type { Digest } from 'oras-js';
import { isWritable, type RegistryStorage } from '../storage/registry-storage.ts';
import type { Exchange } from './exchange.ts';
import { parseRange } from './parse-range.ts';
import { RegistryFailure } from './registry-failure.ts';

/** GET, HEAD and DELETE of a blob. */
export async function serveBlob(
  exchange: Exchange,
  storage: RegistryStorage,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const unknown = new RegistryFailure(404, 'BLOB_UNKNOWN', 'the repository has no such blob', { detail: { digest } });
  if (exchange.method === 'DELETE' && isWritable(storage)) {
    if (!(await storage.deleteBlob(repository, digest))) throw unknown;
    exchange.answer(202);
    return;
  }
  const size = await storage.blobSize(repository, digest);
  if (size === undefined) throw unknown;
  const etag = `"${digest}"`;
  const headers = {
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  };
  const ifRange = exchange.header('if-range');
  const wanted = ifRange === undefined || ifRange === etag ? parseRange(exchange.header('range'), size) : undefined;
  if (wanted === 'unsatisfiable') {
    throw new RegistryFailure(416, 'SIZE_INVALID', 'the blob has no such range', {
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  const { start, end } = wanted ?? { start: 0, end: size };
  const length = { 'Content-Length': end - start };
  const range = wanted ? { 'Content-Range': `bytes ${start}-${end - 1}/${size}` } : {};
  if (exchange.method === 'HEAD') {
    exchange.answer(200, { ...headers, 'Content-Length': size });
    return;
  }
  await exchange.stream(wanted ? 206 : 200, { ...headers, ...length, ...range }, storage.read(digest, { start, end }));
}
