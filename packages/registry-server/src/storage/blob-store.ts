import type { Content, Digest, OperationOptions } from 'oras-js';
import type { ByteRange } from './registry-storage.ts';

/** Content by digest, shared by all repositories. */
export interface BlobStore {
  size(digest: Digest): Promise<number | undefined>;
  read(digest: Digest, range: ByteRange, options?: OperationOptions): Content;
  create(): Promise<UnfinishedBlob>;
}

/** A blob that nobody sees yet. */
export interface UnfinishedBlob {
  /** Writes may overlap in time, never in place. */
  write(batch: Uint8Array[], position: number): Promise<void>;
  /** What was written so far; no write may be running. */
  read(): Content;
  /** Gives it its name. The caller has verified it. */
  finish(digest: Digest): Promise<void>;
  discard(): Promise<void>;
}
