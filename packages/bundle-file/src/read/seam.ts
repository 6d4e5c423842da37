import { encodeTarHeader, type Layout } from '@zenml-airgap/bundle-spec';
import { escapeControl } from 'oras-js';
import { pathInHeader } from './path-in-header.ts';

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

export interface SeamProblem {
  readonly text: string;
  /** An entry that the manifest does not list begins here: its path, as the tar has it. */
  readonly unlisted?: string;
}

/** Says how the bytes of a seam differ from the only ones that it can have. */
export function problemOf(
  seam: Seam,
  actual: Buffer,
  { layout, mtimeSeconds }: { readonly layout: Layout; readonly mtimeSeconds: number },
): SeamProblem | undefined {
  const padding = seam.headerOffset - seam.start;
  if (!isZero(actual.subarray(0, padding))) return { text: `padding before byte ${seam.headerOffset} is not zero` };
  const header = actual.subarray(padding);
  const isExpected = seam.entry === undefined ? isZero(header) : header.equals(encodeTarHeader(seam.entry, mtimeSeconds));
  if (isExpected) return undefined;
  const unlisted = unlistedIn(header, layout);
  if (unlisted !== undefined) return { text: unlistedText(unlisted, seam.headerOffset), unlisted };
  if (seam.entry === undefined) return { text: 'the end of the archive is not zero' };
  return { text: `header of ${seam.entry.path} (byte ${seam.headerOffset}) is not the expected one` };
}

/** The path of an entry that somebody has put in: a header that tar programs would follow, and the manifest knows nothing of. */
export function unlistedIn(header: Buffer, layout: Layout): string | undefined {
  const path = pathInHeader(header);
  return path === undefined || layout.byPath.has(path) ? undefined : path;
}

export function unlistedText(path: string, offset: number): string {
  return `${escapeControl(path)}: an entry (byte ${offset}) that the manifest does not list`;
}

const ZERO = Buffer.alloc(2 * 512);

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZERO.length) {
    const part = bytes.subarray(at, at + ZERO.length);
    if (!part.equals(ZERO.subarray(0, part.length))) return false;
  }
  return true;
}
