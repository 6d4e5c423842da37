import type { Artifact, Blob } from '@zenml-airgap/bundle-spec';
import { type Descriptor, type Digest, OrasError } from 'oras-js';
import { chartLayer } from './chart-layer.ts';
import { repositoryOf } from './read-locked.ts';
import type { ResolvedArtifact } from './resolve-artifact.ts';

/** All artifacts' content as one: each blob once, whoever shares it. */
export interface BundleContents {
  readonly artifacts: Artifact[];
  readonly blobs: Blob[];
  readonly manifests: Map<Digest, Uint8Array>;
  readonly charts: { readonly name: string; readonly version: string; readonly layer: Descriptor }[];
  /** Canonical repositories that hold a blob, in the artifacts' order. */
  readonly repositories: Map<Digest, string[]>;
}

/** @throws INVALID_MANIFEST where two artifacts disagree about a blob's size */
export function contentsOf(resolved: readonly ResolvedArtifact[]): BundleContents {
  const blobs = new Map<Digest, Blob>();
  const manifests = new Map<Digest, Uint8Array>();
  const repositories = new Map<Digest, string[]>();
  const charts: BundleContents['charts'] = [];
  for (const [index, { artifact, graph }] of resolved.entries()) {
    const repository = repositoryOf(artifact);
    for (const node of graph.nodes.values()) {
      const children = graph.children.get(node.digest)?.map(({ digest }) => digest);
      const known = blobs.get(node.digest);
      if (known === undefined) {
        blobs.set(node.digest, { ...node, artifacts: [index], ...(children === undefined ? {} : { children }) });
      } else {
        if (known.size !== node.size) {
          throw new OrasError(
            'INVALID_MANIFEST',
            `${artifact.source} lists ${node.digest} with ${node.size} bytes, another artifact with ${known.size}`,
          );
        }
        known.artifacts.push(index);
      }
      const holders = repositories.get(node.digest) ?? [];
      if (!holders.includes(repository)) holders.push(repository);
      repositories.set(node.digest, holders);
    }
    for (const [digest, bytes] of graph.manifests) manifests.set(digest, bytes);
    if (artifact.kind === 'chart') {
      // Helm writes the + of a version as _ in tags, for those cannot have it.
      charts.push({
        name: artifact.name.slice(artifact.name.lastIndexOf('/') + 1),
        version: artifact.tag.replaceAll('_', '+'),
        layer: chartLayer({ artifact, graph }),
      });
    }
  }
  return { artifacts: resolved.map(({ artifact }) => artifact), blobs: [...blobs.values()], manifests, charts, repositories };
}
