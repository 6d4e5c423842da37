import type { Hash } from 'node:crypto';
import type { BatchPool } from '../content/batch-pool.ts';
import type { Descriptor } from '../content/descriptor.ts';

export interface OperationOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface FetchOptions extends OperationOptions {
  /** Continue after `offset` bytes that the caller has already; `hash` has seen exactly those bytes. */
  readonly resume?: { readonly offset: number; readonly hash: Hash } | undefined;
  /** Memory for the batches, which the caller gives back to it; without it each batch has memory of its own. */
  readonly buffers?: BatchPool | undefined;
}

/**
 * Blob content flows between modules in batches of at least 1 MiB (the last may be shorter):
 * over TLS a chunk is 16 KiB, and whatever runs for each chunk is the bottleneck.
 */
export type Content = AsyncIterable<Uint8Array[]>;

/** Opens a source's content, again if need be: retries and resumption need a second start. */
export type OpenContent = (options?: FetchOptions) => Content;

export interface Fetcher {
  /**
   * Streams `descriptor`'s content, verified as it passes.
   * @returns batches that total exactly `descriptor.size` bytes (less `resume.offset`)
   * @throws DIGEST_MISMATCH or SIZE_MISMATCH at the end: trust no prefix; NOT_FOUND
   */
  fetch(descriptor: Descriptor, options?: FetchOptions): Content;
  /** Whether `descriptor`'s content is here, under its digest. */
  exists(descriptor: Descriptor, options?: OperationOptions): Promise<boolean>;
}

export interface Resolver {
  /**
   * @param reference a tag or a digest, as the Target names its content
   * @throws NOT_FOUND
   */
  resolve(reference: string, options?: OperationOptions): Promise<Descriptor>;
}

export interface PushOptions extends OperationOptions {
  /** Store it although it seems to be there: some registries say so of blobs that they have lost. */
  readonly force?: boolean | undefined;
}

export interface Pusher {
  /** Stores what `open` yields; a manifest is stored under its digest alone. Content that is there already is not read. */
  push(descriptor: Descriptor, open: OpenContent, options?: PushOptions): Promise<void>;
}

export interface Tagger {
  /** Gives `descriptor`, which is here already, a tag; an existing tag moves. */
  tag(descriptor: Descriptor, tag: string, options?: OperationOptions): Promise<void>;
}

export interface Mounter {
  /**
   * Links a blob that another repository of the same registry holds.
   * @returns false where the registry refuses or does not know it: upload instead
   */
  mount(descriptor: Descriptor, fromRepository: string, options?: OperationOptions): Promise<boolean>;
}

export interface TagLister {
  /** All tags, unsorted, as the Target pages them. */
  tags(options?: OperationOptions): AsyncIterable<string>;
}

export interface ReadOnlyTarget extends Fetcher, Resolver {}
export interface Target extends ReadOnlyTarget, Pusher, Tagger {}
