import pLimit from 'p-limit';
import { contentOf } from '../content/content-of.ts';
import type { Descriptor } from '../content/descriptor.ts';
import { fetchBytes } from '../content/fetch-bytes.ts';
import { isManifestType } from '../content/media-types.ts';
import { successorsOf } from '../content/successors-of.ts';
import { isContentMissing, RegistryError } from '../registry/registry-error.ts';
import type { Fetcher, Pusher } from '../target/target.ts';
import { type CopyGraphOptions, type CopySource, DEFAULT_CONCURRENCY } from './copy-graph.ts';
import { onSide, pushFrom } from './copy-side.ts';

/** As discoverGraph: what is below a manifest that the destination had was not looked at there. */
const MAX_DEPTH = 16;

export interface Repair {
  readonly source: CopySource;
  readonly destination: Pick<Fetcher, 'exists'> & Pusher;
  readonly options: Pick<CopyGraphOptions, 'concurrency' | 'signal' | 'onCopied'>;
  readonly depth?: number;
}

/**
 * Whether a manifest may have been refused because the registry lacks what is below it: zot and Quay say 400 MANIFEST_INVALID where
 * others say which content they lack.
 */
export function mayLackContent(error: unknown): error is RegistryError {
  if (!(error instanceof RegistryError) || error.side === 'source') return false;
  if (error.code === 'NOT_FOUND') return error.status === 404;
  if (error.code !== 'REGISTRY_ERROR') return false;
  return isContentMissing(error) || (error.status === 400 && error.registryCodes.includes('MANIFEST_INVALID'));
}

/**
 * Pushes what a refused manifest names, then the manifest itself: children collected before their index came (zot within a second,
 * Harbor at its next collection), blobs that HEAD claims and the registry has lost (Nexus). Once: a second refusal is final.
 */
export async function pushManifestAgain(
  manifest: Descriptor,
  bytes: Uint8Array,
  complaint: RegistryError,
  repair: Repair,
): Promise<void> {
  const { source, destination, options, depth = 0 } = repair;
  const { signal } = options;
  const children = successorsOf(manifest.mediaType, bytes);
  for (const child of children.filter(({ mediaType }) => isManifestType(mediaType))) {
    const childBytes = await onSide('source', () => fetchBytes(source, child, { signal }));
    try {
      await push(child, childBytes, repair);
    } catch (error) {
      if (!mayLackContent(error) || depth >= MAX_DEPTH) throw error;
      await pushManifestAgain(child, childBytes, error, { ...repair, depth: depth + 1 });
    }
  }
  for (const blob of await lackingBlobs(children, complaint, repair)) {
    await pushFrom(
      (part) => source.fetch(blob, part),
      (open) => destination.push(blob, open, { signal, force: true }),
    );
    options.onCopied?.(blob, 'transferred');
  }
  await push(manifest, bytes, repair);
}

function push(manifest: Descriptor, bytes: Uint8Array, { destination, options: { signal } }: Repair): Promise<void> {
  return onSide('destination', () => destination.push(manifest, contentOf(bytes), { signal, force: true }));
}

/** Those that the answer names and those that HEAD does not find; if neither, all, for then HEAD is not to be believed. */
async function lackingBlobs(
  children: readonly Descriptor[],
  complaint: RegistryError,
  { destination, options: { concurrency = DEFAULT_CONCURRENCY, signal } }: Repair,
): Promise<readonly Descriptor[]> {
  const blobs = children.filter(({ mediaType }) => !isManifestType(mediaType));
  const isThere = await pLimit(concurrency).map(
    blobs,
    async (blob) =>
      !complaint.message.includes(blob.digest) && (await onSide('destination', () => destination.exists(blob, { signal }))),
  );
  const lacking = blobs.filter((_, index) => isThere[index] === false);
  return lacking.length > 0 || !isContentMissing(complaint) ? lacking : blobs;
}
