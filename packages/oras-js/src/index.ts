export { throwIfAborted } from './abort.ts';
export {
  type Credential,
  type CredentialFacts,
  type CredentialLookupOptions,
  type CredentialProvider,
  firstCredential,
  type HostCredentials,
  hostCredentials,
} from './auth/credential.ts';
export { certificateFolders, type DockerCertificates, dockerCertificates } from './auth/docker-certificates.ts';
export { type DockerCredentials, dockerCredentials } from './auth/docker-credentials.ts';
export { BatchPool, batchMemory } from './content/batch-pool.ts';
export { contentOf } from './content/content-of.ts';
export { ContentVerifier, verifyContent } from './content/content-verifier.ts';
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
export { canonicalRegistry, isDockerHub } from './content/docker-hub.ts';
export { escapeControl } from './content/escape-control.ts';
export { fetchBytes } from './content/fetch-bytes.ts';
export { BATCH_BYTES, MAX_MANIFEST_BYTES, MAX_SUCCESSORS } from './content/limits.ts';
export type { ImageIndex, ImageManifest } from './content/manifest.ts';
export { isIndexType, isManifestType, MANIFEST_TYPES, MediaType } from './content/media-types.ts';
export { parseManifest } from './content/parse-manifest.ts';
export { formatPlatform, matchesPlatform, parsePlatform } from './content/platform.ts';
export {
  apiHost,
  formatReference,
  isRegistry,
  isRepositoryName,
  isTag,
  parseReference,
  type Reference,
} from './content/reference.ts';
export { successorsOf } from './content/successors-of.ts';
export { copy } from './copy/copy.ts';
export { type CopyDestination, type CopyGraphOptions, type CopySource, copyGraph } from './copy/copy-graph.ts';
export { mayLackContent, pushManifestAgain, type Repair } from './copy/push-manifest-again.ts';
export { type SelectedPlatforms, type SelectPlatformsOptions, selectPlatforms } from './copy/select-platforms.ts';
export { type ErrorDetails, OrasError, type OrasErrorCode } from './error.ts';
export type { HostCertificates, HostCertificatesProvider } from './registry/host-certificates.ts';
export { isLoopbackHost } from './registry/loopback.ts';
export { type OutboundAgents, type OutboundOptions, outboundAgents } from './registry/outbound-agents.ts';
export { createRegistryClient, RegistryClient, type RegistryClientOptions } from './registry/registry-client.ts';
export { isContentMissing, RegistryError } from './registry/registry-error.ts';
export type { OnRegistryEvent, RegistryEvent } from './registry/registry-event.ts';
export { Repository } from './registry/repository.ts';
export { SingleFlight } from './registry/single-flight.ts';
export { MemoryTarget } from './target/memory-target.ts';
export { OciLayout } from './target/oci-layout.ts';
export { readFileRange } from './target/read-file-range.ts';
export { sniffManifestType } from './target/sniff-manifest-type.ts';
export type {
  Content,
  Fetcher,
  FetchOptions,
  Mounter,
  OpenContent,
  OperationOptions,
  Pusher,
  PushOptions,
  ReadOnlyTarget,
  Resolver,
  Tagger,
  TagLister,
  Target,
} from './target/target.ts';
export { writeBeside } from './target/write-beside.ts';
