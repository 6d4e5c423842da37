import type { ArtifactKind } from '@zenml-airgap/bundle-spec';
import type { Digest } from 'oras-js';

/** Which line of the request a version comes from. */
export type VersionField = 'versions.controlPlane' | 'versions.workspaceServer';

/** An artifact before it is resolved: where it comes from and what it is called inside. */
export interface WantedArtifact {
  readonly kind: ArtifactKind;
  /** Canonical, without tag: `docker.io/zenmldocker/zenml`. Mirrors do not change it. */
  readonly repository: string;
  readonly tag: string;
  /** Where the request pins it: the tag is not asked for then. */
  readonly digest?: Digest;
  /** Relative name, charts below `charts/`. */
  readonly name: string;
  /** Of ZenML's own artifacts: so that a tag that is not there can be explained as a version that is not published. */
  readonly release?: { readonly field: VersionField; readonly version: string };
}

/** Canonical reference, without digest. */
export function sourceOf(wanted: WantedArtifact): string {
  return `${wanted.repository}:${wanted.tag}`;
}
