import type { BundleManifest } from '@zenml-airgap/bundle-spec';
import type { Descriptor, Digest, Fetcher } from 'oras-js';
import type { RepositoryOf } from '../destinations/destination-repository.ts';
import type { BundleGraph } from './bundle-graph.ts';

/** What loading reads: the bundle's reader is one. */
export interface LoadSource extends Pick<Fetcher, 'fetch'> {
  readonly manifest: BundleManifest;
}

export type LoadEvent =
  /** Bytes of a blob have gone out for the first time; what a retry sends again does not count. */
  | { readonly type: 'bytes'; readonly bytes: number }
  | { readonly type: 'uploaded'; readonly blob: Descriptor; readonly repository: string }
  | { readonly type: 'mounted'; readonly blob: Descriptor; readonly repository: string; readonly from: string }
  /** The destination had lost content that a manifest names; it was sent once more. */
  | { readonly type: 'repaired'; readonly manifest: Descriptor; readonly repository: string }
  | { readonly type: 'tagged'; readonly reference: string; readonly digest: Digest };

/** What all phases of one load share. */
export interface LoadContext {
  readonly source: LoadSource;
  readonly graph: BundleGraph;
  readonly repositoryOf: RepositoryOf;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: LoadEvent) => void) | undefined;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}
