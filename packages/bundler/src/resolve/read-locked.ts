import { AirgapError, type Artifact, type Lock } from '@zenml-airgap/bundle-spec';
import { assertKind } from './assert-kind.ts';
import { gather } from './gather.ts';
import { type ArtifactGraph, readGraph } from './read-graph.ts';
import type { ResolvedArtifact } from './resolve-artifact.ts';
import type { ResolveOptions } from './resolve-versions.ts';
import { selectImage } from './select-image.ts';
import type { OpenSource, Source } from './source.ts';

interface LockedOptions extends ResolveOptions {
  /** Of the request that the lock was resolved from. */
  readonly platforms: readonly string[];
}

/** Reads the manifests of a lock's artifacts, asking for digests only: what tags say by now does not matter. */
export async function readLocked(
  lock: Lock,
  { open, ...options }: LockedOptions & { readonly open: OpenSource },
): Promise<ResolvedArtifact[]> {
  return await gather(
    lock.artifacts,
    async (artifact) => {
      const resolved = { artifact, graph: await readLockedGraph(artifact, open(repositoryOf(artifact)), options) };
      assertKind(resolved);
      return resolved;
    },
    { ...options, subject: ({ source }) => source, failed: 'artifacts could not be read' },
  );
}

/** An index that was cut down is in no registry: it is made again from the one that was published. */
async function readLockedGraph(
  { root, original }: Artifact,
  source: Source,
  options: Pick<LockedOptions, 'platforms' | 'signal'>,
): Promise<ArtifactGraph> {
  if (original === undefined) return readGraph(source, root, options);
  const selected = await selectImage(source, original, options);
  if (selected.root.digest === root.digest) return readGraph(selected.source, root, options);
  throw new AirgapError('INVALID_LOCK', `${original.digest} cut down is ${selected.root.digest}, the lock pins ${root.digest}`);
}

/** The canonical repository of an artifact: its source without the tag. */
export function repositoryOf({ source }: Pick<Artifact, 'source'>): string {
  return source.slice(0, source.lastIndexOf(':'));
}
