export { type ArchivedFile, ArchiveFile, type OpenArchiveOptions } from './archive/archive-file.ts';
export { OciArchive } from './archive/oci-archive.ts';
export { type ArchivedImage, DockerArchive, imageIdOf } from './docker/docker-archive.ts';
export type { DockerEnvironment } from './docker/docker-connection.ts';
export { DockerDaemon } from './docker/docker-daemon.ts';
export { ImageSourceError, type ImageSourceErrorCode } from './image-source-error.ts';
export type { OnPrepareEvent, PrepareEvent } from './prepare/prepare-event.ts';
export { type PrepareOptions, prepareImage } from './prepare/prepare-image.ts';
export { PreparedCache } from './prepare/prepared-cache.ts';
