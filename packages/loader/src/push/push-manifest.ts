import { contentOf, type Descriptor, fetchBytes, isManifestType, mayLackContent, pushManifestAgain } from 'oras-js';
import type { LoadContext } from './load-context.ts';
import { counted, countUpload, type TransferCount } from './push-blobs.ts';

/**
 * Sends one manifest, by its digest or, with `tag`, whole by that tag. A registry that says that content is missing gets
 * it once more: zot drops untagged children within a second, Harbor at its next collection, Nexus forgets blobs.
 */
export async function pushManifest(
  name: string,
  manifest: Descriptor,
  tag: string | undefined,
  count: TransferCount,
  context: LoadContext,
): Promise<void> {
  const { source, signal } = context;
  const repository = context.repositoryOf(name);
  const bytes = await fetchBytes(source, manifest, { signal });
  const put = (): Promise<void> =>
    tag === undefined
      ? repository.push(manifest, contentOf(bytes), { signal })
      : repository.tagManifest(manifest, bytes, tag, { signal });
  try {
    await put();
  } catch (error) {
    if (!mayLackContent(error)) throw error;
    await pushManifestAgain(manifest, bytes, error, {
      // Manifests are no part of what the progress counts.
      source: { fetch: (one, part) => (isManifestType(one.mediaType) ? source.fetch(one, part) : counted(one, context)(part)) },
      destination: repository,
      options: { concurrency: context.concurrency, signal, onCopied: (blob) => countUpload(blob, name, count, context) },
    });
    context.onEvent?.({ type: 'repaired', manifest, repository: name });
    if (tag !== undefined) await put();
  }
}
