import type { Artifact } from '@zenml-airgap/bundle-spec';
import { type Descriptor, type Fetcher, fetchBytes, isIndexType, isManifestType, MediaType, parseManifest } from 'oras-js';
import pLimit from 'p-limit';
import type { ArtifactGraph } from './read-graph.ts';

/** What the lock says about an artifact beside its digest. */
type Platform = Artifact['platforms'][number];

export interface ArtifactDescription {
  readonly platforms: Platform[];
  /** An instant to the second, or null where nothing tells. */
  readonly created: string | null;
}

const CREATED = 'org.opencontainers.image.created';
/** BuildKit lists attestations in the index, under a platform of `unknown`. */
const ATTESTATION = 'vnd.docker.reference.type';
/** Of one artifact; several artifacts are read at once. */
const FETCHES_IN_FLIGHT = 4;
const CONFIG_TYPES: readonly string[] = [MediaType.ociConfig, MediaType.dockerConfig];

/** Platforms and creation date, from configs first and annotations else. */
export async function describeImage(
  source: Pick<Fetcher, 'fetch'>,
  graph: ArtifactGraph,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ArtifactDescription> {
  const limit = pLimit(FETCHES_IN_FLIGHT);
  const reading = limit.map(imagesOf(graph, graph.root), async (manifest) => {
    const config = (graph.children.get(manifest.digest) ?? []).find(({ mediaType }) => CONFIG_TYPES.includes(mediaType));
    const read = config === undefined ? {} : await readConfig(source, config, options);
    return {
      platform: platformOf(manifest.platform) ?? platformOf(read),
      created: instantOf(read.created) ?? instantOf(annotationOf(graph, manifest)),
    };
  });
  const images = await reading.catch((error: unknown) => {
    limit.clearQueue();
    throw error;
  });
  const created = images.find((image) => image.created !== null)?.created ?? instantOf(annotationOf(graph, graph.root));
  return { platforms: distinct(images.flatMap(({ platform }) => platform ?? [])), created };
}

/** Image manifests at or below `node`, attestations left out. */
function imagesOf(graph: ArtifactGraph, node: Descriptor): Descriptor[] {
  if (!isIndexType(node.mediaType)) return isManifestType(node.mediaType) ? [node] : [];
  return (graph.children.get(node.digest) ?? [])
    .filter((child) => child.annotations?.[ATTESTATION] === undefined && child.platform?.os !== 'unknown')
    .flatMap((child) => imagesOf(graph, child));
}

function annotationOf(graph: ArtifactGraph, node: Descriptor): string | undefined {
  const bytes = graph.manifests.get(node.digest);
  return bytes === undefined ? undefined : parseManifest(bytes, node.mediaType).annotations?.[CREATED];
}

async function readConfig(
  source: Pick<Fetcher, 'fetch'>,
  config: Descriptor,
  options: { signal?: AbortSignal | undefined },
): Promise<Record<string, unknown>> {
  const bytes = await fetchBytes(source, config, options);
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Nothing but this description depends on it: the artifact is carried as it is.
    return {};
  }
}

/** The fields that the specification has, where they are text of a bearable length. */
function platformOf(value: unknown): Platform | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Record<string, unknown> = { ...value };
  const text = (key: string, maxLength: number): string | undefined => {
    const field = fields[key];
    return typeof field === 'string' && field !== '' && field.length <= maxLength ? field : undefined;
  };
  const os = text('os', 64);
  const architecture = text('architecture', 64);
  if (os === undefined || architecture === undefined) return undefined;
  const variant = text('variant', 64);
  const version = text('os.version', 128);
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
  };
}

/** RFC 3339, as configs and annotations have it, to our instant in UTC. */
export function instantOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const time = Date.parse(value);
  if (Number.isNaN(time)) return null;
  const instant = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return /^\d{4}-/.test(instant) ? instant : null;
}

function distinct(platforms: readonly Platform[]): Platform[] {
  return [...new Map(platforms.map((platform) => [JSON.stringify(platform), platform])).values()];
}
