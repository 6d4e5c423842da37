export type { Descriptor, Platform } from './content/descriptor.ts';
export {
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  digestHex,
  digestOf,
  isDigest,
  parseDigest,
} from './content/digest.ts';
export type { ImageIndex, ImageManifest } from './content/manifest.ts';
export { isIndexType, isManifestType, MANIFEST_TYPES, MediaType } from './content/media-types.ts';
export { type ErrorDetails, OrasError, type OrasErrorCode } from './error.ts';
export type {
  Content,
  Fetcher,
  FetchOptions,
  Mounter,
  OpenContent,
  OperationOptions,
  Pusher,
  ReadOnlyTarget,
  Resolver,
  Tagger,
  TagLister,
  Target,
} from './target/target.ts';
