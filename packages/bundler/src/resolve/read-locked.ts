import type { Artifact, Lock } from '@zenml-airgap/bundle-spec';
import { assertKind } from './assert-kind.ts';
import { gather } from './gather.ts';
import { readGraph } from './read-graph.ts';
import type { ResolvedArtifact } from './resolve-artifact.ts';
import type { ResolveOptions } from './resolve-versions.ts';
import type { OpenSource } from './source.ts';

/** Reads the manifests of a lock's artifacts, asking for digests only: what tags say by now does not matter. */
export async function readLocked(
  lock: Lock,
  { open, ...options }: ResolveOptions & { open: OpenSource },
): Promise<ResolvedArtifact[]> {
  return await gather(
    lock.artifacts,
    async (artifact) => {
      const resolved = { artifact, graph: await readGraph(open(repositoryOf(artifact)), artifact.root, options) };
      assertKind(resolved);
      return resolved;
    },
    { ...options, subject: ({ source }) => source, failed: 'artifacts could not be read' },
  );
}

/** The canonical repository of an artifact: its source without the tag. */
export function repositoryOf({ source }: Pick<Artifact, 'source'>): string {
  return source.slice(0, source.lastIndexOf(':'));
}
