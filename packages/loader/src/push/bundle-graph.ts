import type { BundleManifest } from '@zenml-airgap/bundle-spec';
import { type Descriptor, type Digest, isManifestType } from 'oras-js';
import type { Retagged } from '../retag/retag.ts';

/** What one repository must hold so that its artifacts are whole. */
export interface RequiredContent {
  readonly repository: string;
  /** Configs and layers. */
  readonly blobs: readonly Descriptor[];
}

/** All of one artifact's manifests, children before parents, the root last but for referrers, which name it. */
export interface ArtifactManifests {
  /** Below the root. */
  readonly children: readonly Descriptor[];
  readonly root: Descriptor;
  readonly referrers: readonly Descriptor[];
}

/** The bundle's graph, as its manifest lists it; no manifest is parsed for it. */
export class BundleGraph {
  readonly #byDigest: ReadonlyMap<Digest, BundleManifest['blobs'][number]>;

  constructor(manifest: Pick<BundleManifest, 'blobs'>) {
    this.#byDigest = new Map(manifest.blobs.map((blob) => [blob.digest, blob]));
  }

  /** What a manifest names, less what the bundle need not hold. */
  childrenOf(descriptor: Descriptor): Descriptor[] {
    return (this.#byDigest.get(descriptor.digest)?.children ?? []).flatMap((digest) => this.#descriptor(digest) ?? []);
  }

  manifestsOf({ artifact }: Retagged): ArtifactManifests {
    const seen = new Set<Digest>();
    const children: Descriptor[] = [];
    const visit = (descriptor: Descriptor): void => {
      if (seen.has(descriptor.digest) || !isManifestType(descriptor.mediaType)) return;
      seen.add(descriptor.digest);
      for (const child of this.childrenOf(descriptor)) visit(child);
      children.push(descriptor);
    };
    for (const child of this.childrenOf(artifact.root)) visit(child);
    seen.add(artifact.root.digest);
    const referrers: Descriptor[] = [];
    for (const referrer of artifact.referrers) {
      const before = children.length;
      visit(referrer);
      referrers.push(...children.splice(before));
    }
    return { children, root: artifact.root, referrers };
  }

  /** Configs and layers of an artifact, each once. */
  blobsOf(retagged: Retagged): Descriptor[] {
    const { children, root, referrers } = this.manifestsOf(retagged);
    const blobs = new Map<Digest, Descriptor>();
    for (const manifest of [...children, root, ...referrers]) {
      for (const child of this.childrenOf(manifest)) {
        if (!isManifestType(child.mediaType)) blobs.set(child.digest, child);
      }
    }
    return [...blobs.values()];
  }

  /** Per repository, for several artifacts may go to one. */
  requiredBy(artifacts: readonly Retagged[]): RequiredContent[] {
    const byRepository = new Map<string, Map<Digest, Descriptor>>();
    for (const retagged of artifacts) {
      const blobs = byRepository.get(retagged.repository) ?? new Map<Digest, Descriptor>();
      byRepository.set(retagged.repository, blobs);
      for (const blob of this.blobsOf(retagged)) blobs.set(blob.digest, blob);
    }
    return [...byRepository].map(([repository, blobs]) => ({ repository, blobs: [...blobs.values()] }));
  }

  #descriptor(digest: Digest): Descriptor | undefined {
    const blob = this.#byDigest.get(digest);
    return blob && { mediaType: blob.mediaType, digest, size: blob.size };
  }
}
