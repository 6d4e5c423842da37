import type { Descriptor, Platform } from './descriptor.ts';
import { isDigest } from './digest.ts';
import { type Problems, readObject, readString, readStringMap, readStrings } from './read-json.ts';

/** RFC 6838 §4.2, as the image-spec asks for. */
const MEDIA_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/;
const KEYS = ['mediaType', 'digest', 'size', 'urls', 'annotations', 'artifactType', 'platform', 'data'];
const PLATFORM_KEYS = ['os', 'architecture', 'variant', 'os.version', 'os.features'];

/** A descriptor from hostile JSON; `data` (embedded content) and unknown keys are left behind: what counts is behind the digest. */
export function readDescriptor(value: unknown, path: string, problems: Problems): Descriptor | undefined {
  const object = readObject(value, path, KEYS, problems);
  if (!object) return undefined;
  const { mediaType, digest, size } = object;
  const valid = {
    mediaType: typeof mediaType === 'string' && MEDIA_TYPE.test(mediaType) ? mediaType : undefined,
    digest: typeof digest === 'string' && isDigest(digest) ? digest : undefined,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined,
  };
  if (valid.mediaType === undefined) problems.add(`${path}.mediaType`, 'is not a media type');
  if (valid.digest === undefined) problems.add(`${path}.digest`, 'is not a sha256 or sha512 digest');
  if (valid.size === undefined) problems.add(`${path}.size`, 'is not a number of bytes');
  const urls = readStrings(object.urls, `${path}.urls`, problems);
  const annotations = readStringMap(object.annotations, `${path}.annotations`, problems);
  const artifactType = readString(object.artifactType, `${path}.artifactType`, problems);
  const platform = readPlatform(object.platform, `${path}.platform`, problems);
  if (valid.mediaType === undefined || valid.digest === undefined || valid.size === undefined) return undefined;
  return {
    mediaType: valid.mediaType,
    digest: valid.digest,
    size: valid.size,
    ...(urls ? { urls } : {}),
    ...(annotations ? { annotations } : {}),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(platform ? { platform } : {}),
  };
}

function readPlatform(value: unknown, path: string, problems: Problems): Platform | undefined {
  if (value === undefined || value === null) return undefined;
  const object = readObject(value, path, PLATFORM_KEYS, problems);
  if (!object) return undefined;
  const os = readString(object.os, `${path}.os`, problems) ?? '';
  const architecture = readString(object.architecture, `${path}.architecture`, problems) ?? '';
  const variant = readString(object.variant, `${path}.variant`, problems);
  const version = readString(object['os.version'], `${path}.os.version`, problems);
  const features = readStrings(object['os.features'], `${path}.os.features`, problems);
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
    ...(features ? { 'os.features': features } : {}),
  };
}
