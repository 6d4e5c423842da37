import { AirgapError, type BundleManifest, type Layout, mtimeSecondsOf } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import pLimit from 'p-limit';
import { type Readable, readFully } from './read-fully.ts';
import { problemOf, type Seam, type SeamProblem, seamsOf } from './seam.ts';

const WINDOW_BYTES = 128 * 1024; // one read for all small entries within; a seek costs more than these bytes
const READS_IN_FLIGHT = 8;

/**
 * Compares every byte of the tar that is no entry's content with what the layout makes of it: headers, padding, the
 * end. Links, duplicates, gaps and extra entries are all the same to it: bytes that are not the expected ones. What is a
 * whole header of something that the manifest does not list is named, for that was no bad medium.
 * @throws UNLISTED_FILE where the first difference is such an entry, else LAYOUT_MISMATCH with all places; TRUNCATED_BUNDLE
 */
export async function checkTarStructure(
  handle: Readable,
  bundle: { readonly manifest: BundleManifest; readonly layout: Layout },
  options: OperationOptions = {},
): Promise<void> {
  const mtimeSeconds = mtimeSecondsOf(bundle.manifest.created);
  const { layout } = bundle;
  const checkWindow = async (seams: readonly Seam[]): Promise<SeamProblem[]> => {
    throwIfAborted(options.signal);
    const start = seams[0]?.start ?? 0;
    const window = await readFully(handle, start, (seams.at(-1)?.end ?? start) - start);
    return seams.flatMap(
      (seam) => problemOf(seam, window.subarray(seam.start - start, seam.end - start), { layout, mtimeSeconds }) ?? [],
    );
  };
  const problems = (await pLimit(READS_IN_FLIGHT).map(windowsOf(layout), checkWindow)).flat();
  const [first] = problems;
  if (first === undefined) return;
  // Behind an entry that was put in, everything lies elsewhere: what looks like one there is content.
  if (first.unlisted !== undefined) throw unlistedEntries([first.text]);
  throw new AirgapError('LAYOUT_MISMATCH', 'the tar is not laid out as its manifest says', {
    problems: problems.map(({ text }) => text),
  });
}

export function unlistedEntries(problems: readonly string[]): AirgapError {
  return new AirgapError('UNLISTED_FILE', 'the tar holds what its manifest does not list', {
    problems,
    remedy: 'Do not load it: something was put into it after it was made. Transfer it again; if this stays, ask its maker.',
  });
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
