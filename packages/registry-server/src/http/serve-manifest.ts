import { type Descriptor, digestAlgorithm, digestOf, isDigest, isTag, MAX_MANIFEST_BYTES } from 'oras-js';
import { isWritable, type RegistryStorage, type WritableStorage } from '../storage/registry-storage.ts';
import { checkManifest } from './check-manifest.ts';
import type { Exchange } from './exchange.ts';
import { readMetadata } from './read-metadata.ts';
import { RegistryFailure } from './registry-failure.ts';
import { digestFrom } from './route.ts';

interface ManifestAddress {
  readonly repository: string;
  readonly reference: string;
}

/** GET, HEAD, PUT and DELETE of a manifest, by tag or digest. */
export async function serveManifest(exchange: Exchange, storage: RegistryStorage, address: ManifestAddress): Promise<void> {
  const { repository, reference } = address;
  if (!isDigest(reference) && !isTag(reference)) {
    throw new RegistryFailure(exchange.method === 'PUT' ? 400 : 404, 'MANIFEST_INVALID', 'neither a tag nor a digest');
  }
  if (isWritable(storage) && exchange.method === 'PUT') return putManifest(exchange, storage, address);
  const descriptor = await storage.manifest(repository, reference);
  if (!descriptor)
    throw new RegistryFailure(404, 'MANIFEST_UNKNOWN', 'the repository has no such manifest', { detail: { reference } });
  if (isWritable(storage) && exchange.method === 'DELETE') {
    await (isDigest(reference) ? storage.deleteManifest(repository, reference) : storage.deleteTag(repository, reference));
    exchange.answer(202);
    return;
  }
  const { mediaType, digest, size } = descriptor;
  // What is stored is what is sent, whatever Accept says: a manifest that is converted has another digest.
  const headers = { 'Content-Type': mediaType, 'Docker-Content-Digest': digest, ETag: `"${digest}"`, 'Content-Length': size };
  if (exchange.method === 'HEAD') exchange.answer(200, headers);
  else await exchange.stream(200, headers, storage.read(digest, { start: 0, end: size }));
}

async function putManifest(
  exchange: Exchange,
  storage: WritableStorage,
  { repository, reference }: ManifestAddress,
): Promise<void> {
  const mediaType = (exchange.header('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  const bytes = await readMetadata(exchange, MAX_MANIFEST_BYTES);
  const named = isDigest(reference) ? reference : exchange.query.get('digest');
  const wanted = named === null ? undefined : digestFrom(named);
  const digest = digestOf(bytes, wanted === undefined ? 'sha256' : digestAlgorithm(wanted));
  if (wanted !== undefined && wanted !== digest) {
    throw new RegistryFailure(400, 'DIGEST_INVALID', `the manifest that was sent hashes to ${digest}`);
  }
  const tags = isDigest(reference) ? exchange.query.getAll('tag') : [reference];
  if (!tags.every(isTag)) throw new RegistryFailure(400, 'MANIFEST_INVALID', 'a tag is invalid');
  const manifest = await checkManifest(storage, repository, { mediaType, bytes });
  const artifactType = manifest.artifactType ?? ('config' in manifest ? manifest.config.mediaType : undefined);
  const descriptor: Descriptor = {
    mediaType,
    digest,
    size: bytes.byteLength,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations ? { annotations: manifest.annotations } : {}),
  };
  await storage.putManifest(repository, { descriptor, bytes, tags, subject: manifest.subject?.digest });
  exchange.answer(201, {
    Location: `/v2/${repository}/manifests/${isDigest(reference) ? digest : reference}`,
    'Docker-Content-Digest': digest,
    ...(manifest.subject ? { 'OCI-Subject': manifest.subject.digest } : {}),
    ...(isDigest(reference) && tags.length > 0 ? { 'OCI-Tag': tags.join(', ') } : {}),
  });
}
