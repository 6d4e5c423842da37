export type { BasicAuth } from './http/authenticate.ts';
export type { RequestLogEntry } from './http/request-log.ts';
export { type RegistryOptions, type RegistryServer, startRegistry } from './start-registry.ts';
export { folderStorage, memoryStorage } from './storage/linked-storage.ts';
export type { ByteRange, ManifestToStore, RegistryStorage, WritableStorage } from './storage/registry-storage.ts';
export { type ServedArtifact, targetStorage } from './storage/target-storage.ts';
export { Upload } from './storage/upload.ts';
