import { MediaType } from 'oras-js';
import { relativeReference } from '../destination-reference.ts';
import type { Artifact, BundleManifest } from '../schemas/bundle-manifest.ts';

/** `oci-layout`, to the byte. Source: OCI image-spec v1.1.1, image-layout.md. */
export const OCI_LAYOUT_BYTES: Uint8Array = new TextEncoder().encode('{"imageLayoutVersion":"1.0.0"}');

/**
 * `index.json`. Images are named twice by their full canonical reference: oras, podman and skopeo read the first name,
 * containerd the second. Charts have neither: `ctr images import` unpacks whatever is named and fails on a chart, and a
 * bare tag would return the chart where the image was meant. Our own annotations name both for people.
 */
export function ociIndexOf(manifest: Pick<BundleManifest, 'artifacts'>): Uint8Array {
  const index = { schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: manifest.artifacts.map(indexEntryOf) };
  return new TextEncoder().encode(JSON.stringify(index));
}

function indexEntryOf(artifact: Artifact): object {
  const { mediaType, digest, size } = artifact.root;
  const named = artifact.kind === 'image' ? namesOf(artifact.source) : {};
  const ours = {
    'io.zenml.airgap.kind': artifact.kind,
    'io.zenml.airgap.name': relativeReference(artifact),
    'io.zenml.airgap.source': artifact.source,
  };
  return { mediaType, digest, size, annotations: { ...named, ...ours } };
}

function namesOf(canonicalReference: string): Record<string, string> {
  return {
    'org.opencontainers.image.ref.name': canonicalReference,
    'io.containerd.image.name': canonicalReference,
  };
}
