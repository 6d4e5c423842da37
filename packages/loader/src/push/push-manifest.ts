import { contentOf, type Descriptor, type Digest, fetchBytes, isContentMissing, isManifestType, OrasError } from 'oras-js';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import { type TransferCount, uploadBlob } from './push-blobs.ts';

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
    await resend(name, manifest, error, count, context);
    context.onEvent?.({ type: 'repaired', manifest, repository: name });
    await put();
  }
}

/**
 * distribution and Harbor answer 400 MANIFEST_BLOB_UNKNOWN or 404, zot and Quay 400 MANIFEST_INVALID, some 500 with a
 * MANIFEST_BLOB_UNKNOWN in it (facts: registries §2, §6): codes differ, so the status decides.
 */
const LACKING: ReadonlySet<number | undefined> = new Set([400, 404, 500]);

function mayLackContent(error: unknown): error is OrasError {
  return error instanceof OrasError && error.code !== 'TAG_IMMUTABLE' && LACKING.has(error.status);
}

/** Sends again what `manifest` names: child manifests always, and the blobs that the registry lacks. */
async function resend(
  name: string,
  manifest: Descriptor,
  complaint: OrasError,
  count: TransferCount,
  context: LoadContext,
): Promise<void> {
  const children = context.graph.childrenOf(manifest);
  for (const child of children.filter(({ mediaType }) => isManifestType(mediaType))) {
    await pushManifest(name, child, undefined, count, context);
  }
  const blobs = children.filter(({ mediaType }) => !isManifestType(mediaType));
  for (const blob of await lackingBlobs(name, blobs, complaint, context)) {
    await uploadBlob(blob, name, count, { ...context, force: true });
  }
}

/** Those that the answer names; else those that HEAD does not find; else all, for then HEAD is not to be believed. */
async function lackingBlobs(
  name: string,
  blobs: readonly Descriptor[],
  complaint: OrasError,
  { repositoryOf, concurrency, signal }: LoadContext,
): Promise<readonly Descriptor[]> {
  const named = blobs.filter(({ digest }) => complaint.message.includes(digest));
  if (named.length > 0) return named;
  const present = new Set<Digest>();
  const look = async (blob: Descriptor, stop: AbortSignal): Promise<void> => {
    if (await repositoryOf(name).exists(blob, { signal: stop })) present.add(blob.digest);
  };
  await inParallel(blobs, look, { concurrency, signal });
  const absent = blobs.filter(({ digest }) => !present.has(digest));
  if (absent.length > 0) return absent;
  return isContentMissing(complaint) ? blobs : [];
}
