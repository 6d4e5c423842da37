import { type Descriptor, type Digest, type Fetcher, fetchBytes, isManifestType, OrasError, successorsOf } from 'oras-js';
import pLimit from 'p-limit';

/** All that is reachable from a root; only manifests were fetched. */
export interface ArtifactGraph {
  readonly root: Descriptor;
  /** The bytes of all manifests and indices, as they arrived. */
  readonly manifests: ReadonlyMap<Digest, Uint8Array>;
  /** What a manifest names, in its order; leaves have no entry. */
  readonly children: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** Every node once, root first; media type, digest and size only. */
  readonly nodes: ReadonlyMap<Digest, Descriptor>;
}

/** Of one artifact; several artifacts are read at once. */
const FETCHES_IN_FLIGHT = 4;

/** No real artifact comes near; a hostile one would have us fetch manifests for ever. */
const MAX_MANIFESTS = 10_000;

/**
 * Reads the manifests below `root`, children of indices included: level by level, those of one level side by side.
 * @throws NOT_FOUND, DIGEST_MISMATCH, INVALID_MANIFEST, TOO_LARGE
 */
export async function readGraph(
  source: Pick<Fetcher, 'fetch'>,
  root: Descriptor,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ArtifactGraph> {
  const manifests = new Map<Digest, Uint8Array>();
  const children = new Map<Digest, readonly Descriptor[]>();
  const nodes = new Map<Digest, Descriptor>();
  const limit = pLimit(FETCHES_IN_FLIGHT);
  let level: readonly Descriptor[] = [root];
  while (level.length > 0) {
    const unread = newManifests(level, nodes);
    if (manifests.size + unread.length > MAX_MANIFESTS)
      throw new OrasError('TOO_LARGE', `more than ${MAX_MANIFESTS} manifests below ${root.digest}`);
    const read = await limit
      .map(unread, (node) => fetchBytes(source, node, options))
      .catch((error: unknown) => {
        limit.clearQueue();
        throw error;
      });
    const below: Descriptor[] = [];
    for (const [index, node] of unread.entries()) {
      const bytes = read[index] ?? new Uint8Array(0);
      const named = successorsOf(node.mediaType, bytes);
      manifests.set(node.digest, bytes);
      children.set(node.digest, named);
      below.push(...named);
    }
    level = below;
  }
  return { root: bareDescriptor(root), manifests, children, nodes };
}

/** Adds a level to `nodes`; returns its manifests that were not met before. */
function newManifests(level: readonly Descriptor[], nodes: Map<Digest, Descriptor>): Descriptor[] {
  return level.filter((node) => {
    const known = nodes.get(node.digest);
    if (known !== undefined && known.size !== node.size) {
      throw new OrasError('INVALID_MANIFEST', `${node.digest} is listed with ${known.size} bytes and with ${node.size}`);
    }
    if (known === undefined) nodes.set(node.digest, bareDescriptor(node));
    return known === undefined && isManifestType(node.mediaType);
  });
}

/** What is needed to fetch, and nothing that a registry could add. */
export function bareDescriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
