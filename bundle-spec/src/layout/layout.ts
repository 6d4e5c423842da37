import { BLOCK_BYTES, BundlePath, blobPath, SIGNATURE_BYTES } from '../paths.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** Where one entry lies in the tar; all offsets and sizes in bytes from the start of the file. */
export interface LayoutEntry {
  readonly path: string;
  readonly size: number;
  readonly headerOffset: number;
  readonly dataOffset: number;
}

export interface Layout {
  readonly entries: readonly LayoutEntry[];
  readonly byPath: ReadonlyMap<string, LayoutEntry>;
  /** Where the end-of-archive marker begins: two zero blocks. */
  readonly endOffset: number;
  readonly totalSize: number;
}

/**
 * The whole tar's layout, from the manifest alone: manifest, signature, files in their order, blobs in theirs.
 * @param manifestSize bytes of `bundle-manifest.json` as it is stored and signed
 */
export function layoutOf(manifest: BundleManifest, manifestSize: number): Layout {
  const entries: LayoutEntry[] = [];
  let offset = 0;
  const place = (path: string, size: number): void => {
    const dataOffset = offset + BLOCK_BYTES;
    entries.push({ path, size, headerOffset: offset, dataOffset });
    offset = dataOffset + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  };
  place(BundlePath.manifest, manifestSize);
  place(BundlePath.signature, SIGNATURE_BYTES);
  for (const file of manifest.files) place(file.path, file.size);
  for (const blob of manifest.blobs) place(blobPath(blob.digest), blob.size);
  return {
    entries,
    byPath: new Map(entries.map((entry) => [entry.path, entry])),
    endOffset: offset,
    totalSize: offset + 2 * BLOCK_BYTES,
  };
}
