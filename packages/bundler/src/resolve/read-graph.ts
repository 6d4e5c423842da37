import { type Descriptor, type Digest, type Fetcher, fetchBytes, isManifestType, OrasError, successorsOf } from 'oras-js';

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

/** No real artifact comes near; a hostile one would have us fetch manifests for ever. */
const MAX_MANIFESTS = 10_000;

/**
 * Reads the manifests below `root`, children of indices included.
 * @throws NOT_FOUND, DIGEST_MISMATCH, INVALID_MANIFEST, TOO_LARGE
 */
export async function readGraph(
  source: Fetcher,
  root: Descriptor,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ArtifactGraph> {
  const manifests = new Map<Digest, Uint8Array>();
  const children = new Map<Digest, readonly Descriptor[]>();
  const nodes = new Map<Digest, Descriptor>();
  const waiting: Descriptor[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const known = nodes.get(node.digest);
    if (known !== undefined) {
      if (known.size === node.size) continue;
      throw new OrasError('INVALID_MANIFEST', `${node.digest} is listed with ${known.size} bytes and with ${node.size}`);
    }
    nodes.set(node.digest, bare(node));
    if (!isManifestType(node.mediaType)) continue;
    if (manifests.size >= MAX_MANIFESTS)
      throw new OrasError('TOO_LARGE', `more than ${MAX_MANIFESTS} manifests below ${root.digest}`);
    const bytes = await fetchBytes(source, node, options);
    const named = successorsOf(node.mediaType, bytes);
    manifests.set(node.digest, bytes);
    children.set(node.digest, named);
    waiting.push(...named.toReversed());
  }
  return { root: bare(root), manifests, children, nodes };
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
