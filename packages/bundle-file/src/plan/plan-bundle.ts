import {
  AirgapError,
  type Artifact,
  type Blob,
  BUNDLE_MANIFEST_TYPE,
  type BundleFile,
  type BundleManifest,
  chartPath,
  DERIVED_PATHS,
  encodeTarHeader,
  formatBundleManifest,
  layoutOf,
  relativeReference,
} from '@zenml-airgap/bundle-spec';
import { type Descriptor, type Digest, digestOf } from 'oras-js';
import type { BundlePlan } from './bundle-plan.ts';
import { derivedFiles } from './derived-files.ts';

/** A chart's archive, which is its manifest's content layer and a file under `charts/`. */
export interface PlannedChart {
  readonly name: string;
  readonly version: string;
  readonly layer: Descriptor;
}

type FromManifest = 'tool' | 'created' | 'scenario' | 'registries' | 'artifacts' | 'blobs' | 'missing';

/** What is to be carried, in any order. */
export interface BundleDraft extends Pick<BundleManifest, FromManifest> {
  /** The bytes of every manifest and index. */
  readonly manifests: ReadonlyMap<Digest, Uint8Array>;
  readonly charts: readonly PlannedChart[];
}

const NOTHING = new Uint8Array(0);

/**
 * Every byte's place, before the first layer is there. The same draft, in whatever order, gives the same bytes.
 * @throws DUPLICATE_REFERENCE, NAME_TOO_LONG, INVALID_BUNDLE_MANIFEST
 */
export function planBundle(draft: BundleDraft): BundlePlan {
  const artifacts = draft.artifacts.toSorted(byReference);
  assertDistinct(artifacts);
  const manifest: BundleManifest = {
    mediaType: BUNDLE_MANIFEST_TYPE,
    formatVersion: '1.0',
    tool: draft.tool,
    created: draft.created,
    scenario: draft.scenario,
    registries: draft.registries,
    artifacts,
    blobs: sortBlobs(draft, artifacts),
    files: [...DERIVED_PATHS.map((path) => fileOf(path, NOTHING)), ...chartFiles(draft.charts)],
    missing: draft.missing
      .map((image) => ({ ...image, foundIn: image.foundIn.toSorted() }))
      .sort((a, b) => compare(a.image, b.image)),
  };
  // SHA256SUMS lists the digests of the files behind it, and no file lists itself: the second pass has them right.
  const first = complete(manifest, draft);
  const { manifest: completed, files } = complete(first.manifest, draft);
  const manifestBytes = formatBundleManifest(completed);
  return { manifest: completed, manifestBytes, layout: layoutOf(completed, manifestBytes.length), files };
}

function complete(manifest: BundleManifest, draft: BundleDraft): { manifest: BundleManifest; files: Map<string, Uint8Array> } {
  const files = derivedFiles(manifest, (digest) => {
    const bytes = draft.manifests.get(digest);
    if (bytes === undefined) throw new AirgapError('INTERNAL', `the draft lacks the bytes of the manifest ${digest}`);
    return bytes;
  });
  const listed = manifest.files.map((file) => {
    const bytes = files.get(file.path);
    return bytes === undefined ? file : fileOf(file.path, bytes);
  });
  return { manifest: { ...manifest, files: listed }, files };
}

function fileOf(path: string, bytes: Uint8Array): BundleFile {
  return { path, size: bytes.length, digest: digestOf(bytes) };
}

/** In the order of their digests; `artifacts` follow the artifacts' new places. */
function sortBlobs(draft: BundleDraft, sorted: readonly Artifact[]): Blob[] {
  const place = new Map(sorted.map((artifact, index) => [artifact, index]));
  const places = draft.artifacts.map((artifact) => place.get(artifact) ?? -1);
  return draft.blobs
    .map((blob) => ({ ...blob, artifacts: blob.artifacts.map((index) => places[index] ?? -1).sort((a, b) => a - b) }))
    .sort((a, b) => compare(a.digest, b.digest));
}

/** @throws NAME_TOO_LONG with the first name that fits into no tar header, DUPLICATE_REFERENCE */
function chartFiles(charts: readonly PlannedChart[]): BundleFile[] {
  const files = new Map<string, BundleFile>();
  for (const { name, version, layer } of charts) {
    const path = chartPath(name, version);
    encodeTarHeader({ path, size: layer.size }, 0);
    const earlier = files.get(path);
    if (earlier !== undefined && earlier.digest !== layer.digest) {
      throw new AirgapError('DUPLICATE_REFERENCE', `two charts would be the file ${path}`, {
        remedy:
          'Carry one of them, or put them into two bundles: a chart’s file is named for the name and version in its Chart.yaml.',
      });
    }
    files.set(path, { path, size: layer.size, digest: layer.digest });
  }
  return [...files.values()].sort((a, b) => compare(a.path, b.path));
}

function assertDistinct(artifacts: readonly Artifact[]): void {
  const problems: string[] = [];
  const seen = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    const reference = relativeReference(artifact);
    const earlier = seen.get(reference);
    if (earlier !== undefined) problems.push(`${reference}: ${earlier.source} and ${artifact.source}`);
    seen.set(reference, artifact);
  }
  if (problems.length > 0) {
    throw new AirgapError('DUPLICATE_REFERENCE', 'artifacts would have the same reference inside', { problems });
  }
}

/** Images before charts, as they are loaded. */
function byReference(a: Artifact, b: Artifact): number {
  if (a.kind !== b.kind) return a.kind === 'image' ? -1 : 1;
  return compare(a.name, b.name) || compare(a.tag, b.tag) || compare(a.source, b.source);
}

/** By code units: the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
