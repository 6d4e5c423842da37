import type { BundleManifest, Layout, LayoutEntry } from '@zenml-airgap/bundle-spec';
import type { OperationOptions } from 'oras-js';
import type { Section } from './section.ts';

/** What has to be read before anything can be trusted, let alone parsed. */
export interface BundleHead {
  readonly manifestBytes: Uint8Array;
  readonly signatureEntry: Uint8Array;
}

export interface BundleShape {
  readonly manifest: BundleManifest;
  readonly layout: Layout;
}

/** The two forms of a bundle: the tar, and the folder that it was unpacked into. */
export interface BundleStorage extends AsyncDisposable {
  /** @throws NOT_A_BUNDLE, TRUNCATED_BUNDLE, LAYOUT_MISMATCH */
  readHead(): Promise<BundleHead>;
  /** That exactly what the manifest says is there, apart from its content. */
  checkStructure(shape: BundleShape, options: OperationOptions): Promise<void>;
  /** Whoever reads the section compares its content with a digest: nothing here is trusted. */
  open(entry: LayoutEntry): Promise<Section>;
}
