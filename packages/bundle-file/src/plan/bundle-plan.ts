import type { BundleManifest, Layout } from '@zenml-airgap/bundle-spec';

/** A bundle before its content is there: every byte's place is known. */
export interface BundlePlan {
  readonly manifest: BundleManifest;
  /** The exact bytes of bundle-manifest.json: what is signed. */
  readonly manifestBytes: Uint8Array;
  readonly layout: Layout;
  /** The files whose content follows from the manifest, by path; charts are not among them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}
