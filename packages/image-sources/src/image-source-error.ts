import { OrasError, type OrasErrorCode } from 'oras-js';

/** What this package throws beside oras-js's codes; bundle-spec lists them, with exit codes and remedies. */
export type ImageSourceErrorCode = OrasErrorCode | 'INVALID_ARCHIVE' | 'DAEMON_UNAVAILABLE' | 'NOT_ENOUGH_SPACE' | 'DISK_FULL';

export class ImageSourceError extends OrasError<ImageSourceErrorCode> {
  override readonly name = 'ImageSourceError';
}

/** An archive that is none, or that no honest program writes. */
export function invalidArchive(path: string, what: string, cause?: unknown): ImageSourceError {
  return new ImageSourceError('INVALID_ARCHIVE', `${path}: ${what}`, {
    remedy: 'Make the archive again, with docker save, podman save or skopeo copy, and copy it completely.',
    side: 'source',
    cause,
  });
}
