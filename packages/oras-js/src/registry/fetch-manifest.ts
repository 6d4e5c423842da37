import { ContentVerifier } from '../content/content-verifier.ts';
import type { Descriptor } from '../content/descriptor.ts';
import type { Content, FetchOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { getManifest } from './get-manifest.ts';
import type { ManifestCache } from './manifest-cache.ts';

/**
 * A manifest as content.
 * @throws as Fetcher.fetch
 */
export async function* fetchManifest(
  place: BlobPlace,
  descriptor: Descriptor,
  { cache, resume, signal }: FetchOptions & { readonly cache: ManifestCache },
): Content {
  const name = `${place.host.name}/${place.repository}`;
  const bytes = cache.get(name, descriptor.digest) ?? (await getManifest(place, descriptor.digest, { signal })).bytes;
  const verifier = new ContentVerifier(descriptor, name, resume);
  const rest = bytes.subarray(verifier.received);
  verifier.update(rest);
  verifier.finish();
  if (rest.byteLength > 0) yield [rest];
}
