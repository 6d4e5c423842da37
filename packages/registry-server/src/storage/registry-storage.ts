import type { Content, Descriptor, Digest, OperationOptions } from 'oras-js';
import type { Upload } from './upload.ts';

export interface ByteRange {
  readonly start: number;
  /** The first byte that is not wanted. */
  readonly end: number;
}

/** What can be served: repositories, their tags, and content by digest. Nothing that it names is incomplete. */
export interface RegistryStorage {
  /** All names, in any order. */
  repositories(): Promise<string[]>;
  /** In any order; `undefined` where there is no such repository. */
  tags(repository: string): Promise<string[] | undefined>;
  /** @param reference a tag or a digest */
  manifest(repository: string, reference: string): Promise<Descriptor | undefined>;
  /** The size of a blob that this repository has, in bytes. */
  blobSize(repository: string, digest: Digest): Promise<number | undefined>;
  /** Content that `manifest` or `blobSize` found. */
  read(digest: Digest, range: ByteRange, options?: OperationOptions): Content;
  /** Manifests of this repository whose subject is `digest`, whether that is there or not. */
  referrers(repository: string, digest: Digest): Promise<Descriptor[]>;
}

export interface WritableStorage extends RegistryStorage {
  begin(): Promise<Upload>;
  /** Makes a finished upload a blob of the repository. @throws DIGEST_MISMATCH: then nothing is stored */
  commit(upload: Upload, repository: string, digest: Digest): Promise<void>;
  /** Links a blob that another repository has, or any when none is named. @returns false where there is none */
  mount(repository: string, digest: Digest, from: string | undefined): Promise<boolean>;
  putManifest(repository: string, manifest: ManifestToStore): Promise<void>;
  /** @returns whether it was there */
  deleteBlob(repository: string, digest: Digest): Promise<boolean>;
  deleteManifest(repository: string, digest: Digest): Promise<boolean>;
  deleteTag(repository: string, tag: string): Promise<boolean>;
}

export interface ManifestToStore {
  /** With artifactType and annotations, as the referrers API shows them. */
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly tags: readonly string[];
  readonly subject: Digest | undefined;
}

export function isWritable(storage: RegistryStorage): storage is WritableStorage {
  return 'begin' in storage;
}
