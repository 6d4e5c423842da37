import { AirgapError, BundlePath, blobPath } from '@zenml-airgap/bundle-spec';
import {
  type Digest,
  digestOf,
  isManifestType,
  MAX_MANIFEST_BYTES,
  type OperationOptions,
  OrasError,
  throwIfAborted,
} from 'oras-js';
import pLimit from 'p-limit';
import { derivedFiles } from '../plan/derived-files.ts';
import type { BundleShape, BundleStorage } from './bundle-storage.ts';
import { readError } from './read-error.ts';
import { readFully } from './read-fully.ts';

const READS_IN_FLIGHT = 8;
const MAX_TEXT_BYTES = 64 * 1024 * 1024; // as the manifest that the texts retell
const MAX_MANIFESTS_BYTES = 256 * 1024 * 1024; // of all image manifests, in memory: tens of thousands of real ones

/** Their wording may change from one version of the tool to the next: they are what was signed, whatever they say. */
const TEXTS: readonly string[] = [BundlePath.listing, BundlePath.readme];

/**
 * index.json, manifest.json, SHA256SUMS and oci-layout follow from the manifest: they are made again and compared, so that
 * what docker or oras read in this tar is what the signature is about. The texts are compared with their digests.
 * @throws FILE_MISMATCH with all of them, DIGEST_MISMATCH for an image manifest
 */
export async function checkDerivedFiles(storage: BundleStorage, shape: BundleShape, options: OperationOptions): Promise<void> {
  const manifests = await readManifests(storage, shape, options);
  const files = derivedFiles(shape.manifest, (digest) => {
    const bytes = manifests.get(digest);
    if (bytes === undefined)
      throw new AirgapError('INVALID_BUNDLE_MANIFEST', `${BundlePath.manifest} lists no manifest ${digest}`);
    return bytes;
  });
  const problems: string[] = [];
  for (const file of shape.manifest.files) {
    const bytes = files.get(file.path);
    if (bytes === undefined) continue; // a chart: hashed as the blob that it is
    const follows = TEXTS.includes(file.path)
      ? file.size <= MAX_TEXT_BYTES
      : bytes.length === file.size && digestOf(bytes) === file.digest;
    if (!follows) problems.push(`${file.path}: does not follow from the manifest`);
    else if (digestOf(await readEntry(storage, shape, file.path)) !== file.digest) problems.push(`${file.path}: was changed`);
  }
  if (problems.length > 0)
    throw new AirgapError('FILE_MISMATCH', 'files of the bundle are not what its manifest implies', { problems });
}

async function readManifests(
  storage: BundleStorage,
  shape: BundleShape,
  options: OperationOptions,
): Promise<Map<Digest, Uint8Array>> {
  const { artifacts, blobs } = shape.manifest;
  const wanted = blobs.filter(
    (blob) =>
      isManifestType(blob.mediaType) &&
      blob.size <= MAX_MANIFEST_BYTES &&
      blob.artifacts.some((index) => artifacts[index]?.kind === 'image'),
  );
  const totalBytes = wanted.reduce((sum, { size }) => sum + size, 0);
  if (totalBytes > MAX_MANIFESTS_BYTES) {
    throw new OrasError('TOO_LARGE', `the bundle's image manifests have ${totalBytes} bytes, more than ${MAX_MANIFESTS_BYTES}`);
  }
  const manifests = new Map<Digest, Uint8Array>();
  await pLimit(READS_IN_FLIGHT).map(wanted, async ({ digest }) => {
    throwIfAborted(options.signal);
    const bytes = await readEntry(storage, shape, blobPath(digest));
    if (digestOf(bytes) !== digest) throw new OrasError('DIGEST_MISMATCH', `${blobPath(digest)} was changed`);
    manifests.set(digest, bytes);
  });
  return manifests;
}

async function readEntry(storage: BundleStorage, { layout }: BundleShape, path: string): Promise<Buffer> {
  const entry = layout.byPath.get(path);
  if (entry === undefined) throw new AirgapError('INTERNAL', `the layout has no ${path}`);
  await using section = await storage.open(entry);
  try {
    return await readFully(section.handle, section.offset, section.size);
  } catch (error) {
    throw readError(error, section.path);
  }
}
