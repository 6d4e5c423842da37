import pLimit from 'p-limit';
import { throwIfAborted } from '../abort.ts';
import { contentOf } from '../content/content-of.ts';
import type { Descriptor } from '../content/descriptor.ts';
import type { Fetcher, FetchOptions, Mounter, OperationOptions, Pusher } from '../target/target.ts';
import { onSide, pushFrom } from './copy-side.ts';
import { discoverGraph, type GraphNode } from './discover-graph.ts';
import { lookFor } from './look-for.ts';
import { mayLackContent, pushManifestAgain } from './push-manifest-again.ts';

/** As dockerd and containerd. */
export const DEFAULT_CONCURRENCY = 3;

export type CopySource = Pick<Fetcher, 'fetch'>;
export type CopyDestination = Pick<Fetcher, 'exists'> & Pusher & Partial<Mounter>;

export interface CopyGraphOptions extends OperationOptions {
  /** How many requests and transfers run at once. */
  readonly concurrency?: number | undefined;
  /** Content that was transferred, or mounted without a transfer. */
  readonly onCopied?: ((descriptor: Descriptor, how: 'transferred' | 'mounted') => void) | undefined;
  /** Content that the destination had; of a manifest, all that is below it was not even asked for. */
  readonly onSkipped?: ((descriptor: Descriptor) => void) | undefined;
  /** A repository of the destination's registry that may hold this blob: linked from there where the registry agrees. */
  readonly mountFrom?: ((descriptor: Descriptor) => string | undefined) | undefined;
}

/**
 * Copies `root` and all below it, children first, so that a manifest at the destination is always complete. Each node is
 * copied once, however many share it; nothing is fetched that the destination has. A registry that refuses a manifest because it
 * lacks what is below gets that once more.
 * On a failure the other transfers are stopped and awaited, then the first error is thrown; its `side` says where it happened.
 */
export async function copyGraph(
  source: CopySource,
  destination: CopyDestination,
  root: Descriptor,
  options: CopyGraphOptions = {},
): Promise<void> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  // Only ever around one request or one transfer: what waits for other nodes must not hold a place.
  const limit = pLimit(options.concurrency ?? DEFAULT_CONCURRENCY);
  throwIfAborted(signal);

  const nodes = await discoverGraph({ source, destination, root, limit, signal, onSkipped: options.onSkipped });
  const done = new Map<GraphNode, Promise<void>>();
  const failures: unknown[] = [];
  for (const node of nodes) {
    // A child that is not listed is at the destination already.
    const children = node.children.map((child) => done.get(child));
    const copied = Promise.all(children).then(() => limit(() => copyNode(source, destination, node, { ...options, signal })));
    // Each failure is kept here, so that none is left unhandled while others are awaited.
    copied.catch((error: unknown) => {
      failures.push(error);
      stop.abort(error);
    });
    done.set(node, copied);
  }
  await Promise.allSettled(done.values());
  throwIfAborted(options.signal);
  if (failures.length > 0) throw failures[0];
}

async function copyNode(
  source: CopySource,
  destination: CopyDestination,
  node: GraphNode,
  options: CopyGraphOptions,
): Promise<void> {
  const { descriptor, bytes } = node;
  const { signal } = options;
  throwIfAborted(signal);
  let isHidden = node.isHidden === true;
  if (!bytes) {
    const found = await lookFor(destination, descriptor, { signal });
    if (found === 'present') {
      options.onSkipped?.(descriptor);
      return;
    }
    isHidden = found === 'hidden';
    const from = options.mountFrom?.(descriptor);
    if (from !== undefined && destination.mount) {
      const { mount } = destination;
      if (await onSide('destination', () => mount.call(destination, descriptor, from, { signal }))) {
        options.onCopied?.(descriptor, 'mounted');
        return;
      }
    }
  }
  const open = bytes ? contentOf(bytes) : (part?: FetchOptions) => source.fetch(descriptor, part);
  try {
    await pushFrom(open, (tracked) => destination.push(descriptor, tracked, { signal, force: isHidden }));
  } catch (error) {
    if (!bytes || !mayLackContent(error)) throw error;
    await pushManifestAgain(descriptor, bytes, error, { source, destination, options });
  }
  options.onCopied?.(descriptor, 'transferred');
}
