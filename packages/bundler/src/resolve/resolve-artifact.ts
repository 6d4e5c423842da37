import type { Artifact } from '@zenml-airgap/bundle-spec';
import { type Descriptor, isManifestType, OrasError } from 'oras-js';
import { assertKind } from './assert-kind.ts';
import { describeImage } from './describe-image.ts';
import { type ArtifactGraph, bareDescriptor, readGraph } from './read-graph.ts';
import { selectImage } from './select-image.ts';
import type { Source } from './source.ts';
import { sourceOf, type WantedArtifact } from './wanted-artifact.ts';

/** An artifact pinned to its digest, and all that it is made of. */
export interface ResolvedArtifact {
  readonly artifact: Artifact;
  readonly graph: ArtifactGraph;
}

/**
 * Pins `wanted`; fetches manifests and configs only.
 * @throws NOT_FOUND where the tag is not there, and whatever reading throws
 */
export async function resolveArtifact(
  wanted: WantedArtifact,
  source: Source,
  options: { readonly platforms: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<ResolvedArtifact> {
  const published = await source.resolve(wanted.digest ?? wanted.tag, options);
  if (wanted.digest !== undefined && published.digest !== wanted.digest) {
    throw new OrasError('DIGEST_MISMATCH', `the registry answers ${published.digest} where ${wanted.digest} was asked for`);
  }
  assertManifest(published);
  const platformsOf = wanted.kind === 'chart' ? [] : options.platforms;
  const { root, original, source: selected } = await selectImage(source, published, { ...options, platforms: platformsOf });
  const graph = await readGraph(selected, root, options);
  const { platforms, created } = await describeImage(selected, graph, options);
  const resolved: ResolvedArtifact = {
    graph,
    artifact: {
      kind: wanted.kind,
      source: sourceOf(wanted),
      name: wanted.name,
      tag: wanted.tag,
      root: bareDescriptor(root),
      platforms,
      ...(original === undefined ? {} : { original: bareDescriptor(original) }),
      referrers: [],
      created,
    },
  };
  assertKind(resolved);
  return resolved;
}

function assertManifest({ mediaType }: Descriptor): void {
  if (isManifestType(mediaType)) return;
  throw new OrasError('UNSUPPORTED', `it has the media type ${mediaType}, which is no image manifest or index`, {
    remedy: 'Images in Docker’s old format (schema 1) have to be pushed again with a present tool.',
  });
}
