import type { DockerRegistry } from '../../test/real/rig/docker-registry.ts';
import { BENCH_IMAGES, referenceAt } from './bench-images.ts';

/** A blob of the source images, and where the registry has it. */
export interface UniqueBlob {
  readonly digest: string;
  readonly size: number;
  /** `gar/zenml-cloud/…` */
  readonly repository: string;
}

interface Manifest {
  readonly config: { readonly digest: string; readonly size: number };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

const TYPES = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';

/** Layers and configs of the release's images, each once, read from their manifests over plain HTTP. */
export async function uniqueBlobs(registry: DockerRegistry): Promise<UniqueBlob[]> {
  const blobs = new Map<string, UniqueBlob>();
  for (const image of BENCH_IMAGES) {
    const [, repository = ''] = /^[^/]+\/(.*):[^:]+$/.exec(referenceAt(registry.host, image)) ?? [];
    const answer = await fetch(`${registry.origin}/v2/${repository}/manifests/${image.tag}`, { headers: { Accept: TYPES } });
    if (!answer.ok) continue; // not pushed yet
    const { config, layers } = (await answer.json()) as Manifest;
    for (const { digest, size } of [config, ...layers]) blobs.set(digest, { digest, size, repository });
  }
  return [...blobs.values()].sort((a, b) => b.size - a.size);
}
