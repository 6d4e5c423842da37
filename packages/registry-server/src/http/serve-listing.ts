import { type Digest, MediaType } from 'oras-js';
import type { RegistryStorage } from '../storage/registry-storage.ts';
import type { Exchange } from './exchange.ts';
import { pageOf } from './page.ts';
import { RegistryFailure } from './registry-failure.ts';

export async function serveCatalog(exchange: Exchange, storage: RegistryStorage): Promise<void> {
  const { names, headers } = pageOf(await storage.repositories(), exchange, '/v2/_catalog');
  exchange.json(200, { repositories: names }, headers);
}

export async function serveTags(exchange: Exchange, storage: RegistryStorage, repository: string): Promise<void> {
  const tags = await storage.tags(repository);
  if (!tags) throw new RegistryFailure(404, 'NAME_UNKNOWN', 'there is no such repository', { detail: { name: repository } });
  const { names, headers } = pageOf(tags, exchange, `/v2/${repository}/tags/list`);
  exchange.json(200, { name: repository, tags: names }, headers);
}

/** Always an index, an empty one where nothing refers to `digest`: that is how clients learn that the API is there. */
export async function serveReferrers(
  exchange: Exchange,
  storage: RegistryStorage,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<void> {
  const wanted = exchange.query.get('artifactType');
  const all = await storage.referrers(repository, digest);
  const manifests = wanted === null ? all : all.filter(({ artifactType }) => artifactType === wanted);
  exchange.json(
    200,
    { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests },
    { 'Content-Type': MediaType.ociIndex, ...(wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }) },
  );
}
