import { encodeTarHeader, type Layout } from '@zenml-airgap/bundle-spec';

/** What lies between one entry's content and the next one's: padding and a header, or the end of the archive. */
export interface Seam {
  readonly start: number;
  readonly end: number;
  readonly headerOffset: number;
  /** The entry that begins here; undefined at the end of the archive. */
  readonly entry: { readonly path: string; readonly size: number } | undefined;
}

/** All of a tar but the entries' content, in order. */
export function* seamsOf(layout: Layout): Iterable<Seam> {
  let start = 0;
  for (const entry of layout.entries) {
    yield { start, end: entry.dataOffset, headerOffset: entry.headerOffset, entry };
    start = entry.dataOffset + entry.size;
  }
  yield { start, end: layout.totalSize, headerOffset: layout.endOffset, entry: undefined };
}

/** Says how the bytes of a seam differ from the only ones that it can have. */
export function problemOf(seam: Seam, actual: Buffer, mtimeSeconds: number): string | undefined {
  const padding = seam.headerOffset - seam.start;
  if (!isZero(actual.subarray(0, padding))) return `padding before byte ${seam.headerOffset} is not zero`;
  const header = actual.subarray(padding);
  if (seam.entry === undefined) return isZero(header) ? undefined : 'the end of the archive is not zero';
  if (header.equals(encodeTarHeader(seam.entry, mtimeSeconds))) return undefined;
  return `header of ${seam.entry.path} (byte ${seam.headerOffset}) is not the expected one`;
}

const ZERO = Buffer.alloc(2 * 512);

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZERO.length) {
    const part = bytes.subarray(at, at + ZERO.length);
    if (!part.equals(ZERO.subarray(0, part.length))) return false;
  }
  return true;
}
