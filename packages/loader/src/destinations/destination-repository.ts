import type { Descriptor, Fetcher, Mounter, OpenContent, OperationOptions, PushOptions, Resolver, TagLister } from 'oras-js';

/** What loading needs of one repository at the destination; the Repository of oras-js is one. */
export interface DestinationRepository extends Pick<Fetcher, 'exists'>, Resolver, Mounter, TagLister {
  /** `host[:port]/path` */
  readonly name: string;
  push(descriptor: Descriptor, open: OpenContent, options?: PushOptions): Promise<void>;
  /** PUT of the whole manifest by tag: registries collect untagged manifests within seconds. */
  tagManifest(descriptor: Descriptor, bytes: Uint8Array, tag: string, options?: OperationOptions): Promise<void>;
}

/** Always the same repository for the same name. */
export type RepositoryOf = (name: string) => DestinationRepository;
