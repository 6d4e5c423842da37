import type { LimitFunction } from 'p-limit';
import type { Descriptor } from '../content/descriptor.ts';
import { fetchBytes } from '../content/fetch-bytes.ts';
import { isManifestType } from '../content/media-types.ts';
import { successorsOf } from '../content/successors-of.ts';
import { OrasError } from '../error.ts';
import type { CopyDestination, CopySource } from './copy-graph.ts';
import { onSide } from './copy-side.ts';
import { lookFor } from './look-for.ts';

/** An index of indexes of images is 3; nobody nests deeper than a few. */
const MAX_DEPTH = 16;
const MAX_NODES = 100_000;
/** What all manifests of one graph may have together, for they are kept until they are pushed. */
const MAX_METADATA_BYTES = 256 * 1024 * 1024;

export interface GraphNode {
  readonly descriptor: Descriptor;
  readonly children: GraphNode[];
  /** A manifest's bytes; `undefined` for a blob. */
  bytes?: Uint8Array;
  /** The destination has it, and so all below it. */
  present?: boolean;
  /** The destination does not tell whether it has it. */
  isHidden?: boolean;
}

interface Discovery {
  readonly source: CopySource;
  readonly destination: CopyDestination;
  readonly root: Descriptor;
  readonly limit: LimitFunction;
  readonly signal: AbortSignal;
  readonly onSkipped: ((descriptor: Descriptor) => void) | undefined;
}

/**
 * All that has to be copied, each node once, every node after its children; the largest blobs first, so that none is left
 * to run alone at the end. A manifest that the destination has is left out, with all below it.
 * Level by level, for a source that does not verify could send a graph with a circle in it, in which a walk that waits for
 * its children waits for ever.
 */
export async function discoverGraph(discovery: Discovery): Promise<GraphNode[]> {
  const found = new Map<string, GraphNode>();
  let metadataBytes = 0;
  let level = [nodeOf(discovery.root, found)];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw unsound(discovery.root, `is nested deeper than ${MAX_DEPTH} levels`);
    const manifests = level.filter(({ descriptor }) => isManifestType(descriptor.mediaType));
    metadataBytes += manifests.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    if (metadataBytes > MAX_METADATA_BYTES)
      throw unsound(discovery.root, `has more than ${MAX_METADATA_BYTES} bytes of manifests`);
    const next: GraphNode[] = [];
    for (const { node, successors } of await settled(manifests.map((node) => open(discovery, node)))) {
      for (const successor of successors) {
        const known = found.get(keyOf(successor));
        const child = known ?? nodeOf(successor, found);
        if (child.descriptor.size !== successor.size) throw unsound(discovery.root, `gives ${successor.digest} two sizes`);
        if (!known) next.push(child);
        if (!node.children.includes(child)) node.children.push(child);
      }
      if (found.size > MAX_NODES) throw unsound(discovery.root, `has more than ${MAX_NODES} nodes`);
    }
    level = next;
  }
  return childrenFirst(
    [...found.values()].filter(({ present }) => !present),
    discovery.root,
  );
}

/** Reads one manifest, unless the destination has it. */
async function open({ source, destination, limit, signal, onSkipped }: Discovery, node: GraphNode) {
  const { descriptor } = node;
  const bytes = await limit(async () => {
    const looked = await lookFor(destination, descriptor, { signal });
    if (looked === 'present') return undefined;
    if (looked === 'hidden') node.isHidden = true;
    return onSide('source', () => fetchBytes(source, descriptor, { signal }));
  });
  if (!bytes) {
    onSkipped?.(descriptor);
    node.present = true;
    return { node, successors: [] };
  }
  node.bytes = bytes;
  return { node, successors: await onSide('source', async () => successorsOf(descriptor.mediaType, bytes)) };
}

/** All results, or the first failure, but never before every operation has ended: none goes on behind the caller's back. */
async function settled<Result>(operations: Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(operations);
  return Promise.all(operations);
}

/** The same digest as a manifest and as a blob is stored in two places by a registry. */
function keyOf({ digest, mediaType }: Descriptor): string {
  return `${isManifestType(mediaType) ? 'manifest' : 'blob'} ${digest}`;
}

function nodeOf(descriptor: Descriptor, found: Map<string, GraphNode>): GraphNode {
  const node: GraphNode = { descriptor, children: [] };
  found.set(keyOf(descriptor), node);
  return node;
}

function childrenFirst(nodes: readonly GraphNode[], root: Descriptor): GraphNode[] {
  const blobs = nodes.filter(({ bytes }) => !bytes).sort((a, b) => b.descriptor.size - a.descriptor.size);
  const placed = new Set(blobs);
  let waiting = nodes.filter(({ bytes }) => bytes);
  while (waiting.length > 0) {
    const ready = waiting.filter(({ children }) => children.every((child) => placed.has(child) || child.present));
    if (ready.length === 0) throw unsound(root, 'contains itself');
    for (const node of ready) placed.add(node);
    waiting = waiting.filter((node) => !placed.has(node));
  }
  return [...placed];
}

function unsound(root: Descriptor, problem: string): OrasError {
  return new OrasError('INVALID_MANIFEST', `the graph of ${root.digest} ${problem}`, { side: 'source' });
}
