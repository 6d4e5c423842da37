import type { Digest } from 'oras-js';

/** What happens while an image is prepared; for the progress line. Bytes are those of layers without compression. */
export type PrepareEvent =
  | { readonly type: 'export-progress'; readonly image: string; readonly bytes: number; readonly totalBytes: number }
  | { readonly type: 'layer-progress'; readonly layer: Digest; readonly bytes: number; readonly totalBytes: number }
  /** `reused`: it lay in the cache, and its bytes were right. */
  | { readonly type: 'layer-prepared'; readonly layer: Digest; readonly size: number; readonly reused: boolean };

export type OnPrepareEvent = (event: PrepareEvent) => void;
