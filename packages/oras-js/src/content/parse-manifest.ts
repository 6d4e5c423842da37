import { OrasError } from '../error.ts';
import type { Descriptor } from './descriptor.ts';
import { escapeControl } from './escape-control.ts';
import { MAX_MANIFEST_BYTES, MAX_SUCCESSORS } from './limits.ts';
import type { ImageIndex, ImageManifest } from './manifest.ts';
import { isIndexType, isManifestType } from './media-types.ts';
import { readDescriptor } from './read-descriptor.ts';
import { Problems, readObject, readStringMap } from './read-json.ts';

const MANIFEST_KEYS = ['schemaVersion', 'mediaType', 'artifactType', 'config', 'layers', 'subject', 'annotations'];
const INDEX_KEYS = ['schemaVersion', 'mediaType', 'artifactType', 'manifests', 'subject', 'annotations'];

/**
 * Reads a manifest from whoever sent it; all that is wrong with it is reported at once.
 * The bytes stay what is hashed, stored and pushed: what is returned here is never serialised again.
 * @throws INVALID_MANIFEST
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex {
  const problems = new Problems();
  const value = parseJson(bytes, mediaType);
  const index = isIndexType(mediaType);
  const object = readObject(value, '', index ? INDEX_KEYS : MANIFEST_KEYS, problems) ?? {};

  if (object.schemaVersion !== 2) problems.add('schemaVersion', 'is not 2');
  if (object.mediaType !== undefined && object.mediaType !== mediaType) {
    problems.add('mediaType', `differs from the type that it was sent with, ${mediaType}`);
  }
  // A manifest that is both at once reads differently to different readers (CVE-2021-41190).
  for (const key of index ? ['config', 'layers', 'fsLayers'] : ['manifests', 'fsLayers']) {
    if (object[key] !== undefined) problems.add(key, `does not belong into ${index ? 'an index' : 'an image manifest'}`);
  }
  if (object.artifactType !== undefined && typeof object.artifactType !== 'string') problems.add('artifactType', 'is not text');

  const subject = object.subject === undefined ? undefined : readDescriptor(object.subject, 'subject', problems);
  const annotations = readStringMap(object.annotations, 'annotations', problems);
  const fields = {
    schemaVersion: 2 as const,
    ...(typeof object.mediaType === 'string' ? { mediaType: object.mediaType } : {}),
    ...(typeof object.artifactType === 'string' ? { artifactType: object.artifactType } : {}),
    ...(subject ? { subject } : {}),
    ...(annotations ? { annotations } : {}),
  };
  if (index) {
    const manifests = readDescriptors(object.manifests, 'manifests', problems);
    problems.throwIfAny(mediaType);
    return { ...fields, manifests };
  }
  const config = readDescriptor(object.config, 'config', problems);
  const layers = readDescriptors(object.layers, 'layers', problems);
  for (const [path, descriptor] of [['config', config] as const, ...layers.map((layer, i) => [`layers[${i}]`, layer] as const)]) {
    // Registries keep manifests and blobs apart: as which of them would it be copied?
    if (descriptor && isManifestType(descriptor.mediaType)) problems.add(path, 'is itself a manifest');
  }
  problems.throwIfAny(mediaType);
  return { ...fields, config: config as NonNullable<typeof config>, layers };
}

function parseJson(bytes: Uint8Array, mediaType: string): unknown {
  if (!isManifestType(mediaType)) throw invalid(mediaType, 'this is no type of manifest that is known');
  if (bytes.byteLength > MAX_MANIFEST_BYTES)
    throw invalid(mediaType, `it has ${bytes.byteLength} bytes, ${MAX_MANIFEST_BYTES} are allowed`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw invalid(mediaType, 'it is not JSON', cause);
  }
}

function invalid(mediaType: string, reason: string, cause?: unknown): OrasError {
  return new OrasError('INVALID_MANIFEST', `invalid manifest (${escapeControl(mediaType)}): ${reason}`, { cause });
}

function readDescriptors(value: unknown, path: string, problems: Problems): Descriptor[] {
  if (value === null) return []; // as Go writes an empty list
  if (!Array.isArray(value)) {
    problems.add(path, 'is not a list');
    return [];
  }
  if (value.length > MAX_SUCCESSORS) {
    problems.add(path, `has ${value.length} entries, ${MAX_SUCCESSORS} are allowed`);
    return [];
  }
  return value.flatMap((entry, i) => readDescriptor(entry, `${path}[${i}]`, problems) ?? []);
}
