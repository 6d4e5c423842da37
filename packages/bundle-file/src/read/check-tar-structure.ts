import type { FileHandle } from 'node:fs/promises';
import { AirgapError, type BundleManifest, encodeTarHeader, type Layout, mtimeSecondsOf } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import pLimit from 'p-limit';
import { readFully } from './read-fully.ts';

const WINDOW_BYTES = 128 * 1024; // one read for all small entries within; a seek costs more than these bytes
const READS_IN_FLIGHT = 8;

/** What has to be between one entry's data and the next one's: padding and a header, or the end of the archive. */
interface Seam {
  readonly start: number;
  readonly end: number;
  readonly headerOffset: number;
  /** The entry that begins here; undefined at the end of the archive. */
  readonly entry: { readonly path: string; readonly size: number } | undefined;
}

/**
 * Compares every byte of the tar that is no entry's content with what the layout makes of it: headers, padding, the
 * end. Links, duplicates, gaps and extra entries are all the same to it: bytes that are not the expected ones.
 * @throws LAYOUT_MISMATCH with all places
 */
export async function checkTarStructure(
  handle: FileHandle,
  bundle: { readonly manifest: BundleManifest; readonly layout: Layout },
  options: OperationOptions = {},
): Promise<void> {
  const mtimeSeconds = mtimeSecondsOf(bundle.manifest.created);
  const problems: string[] = [];
  const limit = pLimit(READS_IN_FLIGHT);
  const checkWindow = async (seams: readonly Seam[]): Promise<void> => {
    throwIfAborted(options.signal);
    const start = seams[0]?.start ?? 0;
    const window = await readFully(handle, start, (seams.at(-1)?.end ?? start) - start);
    for (const seam of seams) {
      const problem = problemOf(seam, window.subarray(seam.start - start, seam.end - start), mtimeSeconds);
      if (problem !== undefined) problems.push(problem);
    }
  };
  await limit.map(windowsOf(bundle.layout), checkWindow);
  if (problems.length > 0) {
    throw new AirgapError('LAYOUT_MISMATCH', 'the tar is not laid out as its manifest says', { problems });
  }
}

function problemOf(seam: Seam, actual: Buffer, mtimeSeconds: number): string | undefined {
  const padding = seam.headerOffset - seam.start;
  if (actual.subarray(0, padding).some((byte) => byte !== 0)) return `padding before byte ${seam.headerOffset} is not zero`;
  const header = actual.subarray(padding);
  if (seam.entry === undefined) return header.every((byte) => byte === 0) ? undefined : 'the end of the archive is not zero';
  if (header.equals(encodeTarHeader(seam.entry, mtimeSeconds))) return undefined;
  return `header of ${seam.entry.path} (byte ${seam.headerOffset}) is not the expected one`;
}

function windowsOf(layout: Layout): Seam[][] {
  const windows: Seam[][] = [];
  let window: Seam[] = [];
  for (const seam of seamsOf(layout)) {
    const first = window[0];
    if (first === undefined || seam.end - first.start > WINDOW_BYTES) {
      window = [];
      windows.push(window);
    }
    window.push(seam);
  }
  return windows;
}

function* seamsOf(layout: Layout): Iterable<Seam> {
  let start = 0;
  for (const entry of layout.entries) {
    yield { start, end: entry.dataOffset, headerOffset: entry.headerOffset, entry };
    start = entry.dataOffset + entry.size;
  }
  yield { start, end: layout.totalSize, headerOffset: layout.endOffset, entry: undefined };
}
