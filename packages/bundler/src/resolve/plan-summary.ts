import type { BundlePlan } from '@zenml-airgap/bundle-file';
import type { Artifact } from '@zenml-airgap/bundle-spec';

interface ArtifactSummary {
  readonly artifact: Artifact;
  /** All that it is made of, shared content included. */
  readonly bytes: number;
  /** Of these, bytes that other artifacts need too. */
  readonly sharedBytes: number;
  /** Old Docker cannot read layers compressed with zstd. */
  readonly zstdLayers: number;
}

export interface PlanSummary {
  readonly artifacts: readonly ArtifactSummary[];
  readonly blobs: number;
  /** Each blob once. */
  readonly blobBytes: number;
  /** What sharing saves against carrying each artifact by itself. */
  readonly savedBytes: number;
  /** The whole tar. */
  readonly bundleBytes: number;
}

export function summarize({ manifest, layout }: Pick<BundlePlan, 'manifest' | 'layout'>): PlanSummary {
  const artifacts = manifest.artifacts.map((artifact, index) => {
    const own = manifest.blobs.filter((blob) => blob.artifacts.includes(index));
    const sum = (blobs: typeof own): number => blobs.reduce((total, { size }) => total + size, 0);
    return {
      artifact,
      bytes: sum(own),
      sharedBytes: sum(own.filter((blob) => blob.artifacts.length > 1)),
      zstdLayers: own.filter(({ mediaType }) => mediaType.endsWith('+zstd')).length,
    };
  });
  const blobBytes = manifest.blobs.reduce((total, { size }) => total + size, 0);
  return {
    artifacts,
    blobs: manifest.blobs.length,
    blobBytes,
    savedBytes: artifacts.reduce((total, { bytes }) => total + bytes, 0) - blobBytes,
    bundleBytes: layout.totalSize,
  };
}
