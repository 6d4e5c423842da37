import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { AirgapError, type ErrorCode, type Layout, type LayoutEntry } from '@zenml-airgap/bundle-spec';
import { escapeControl, type OperationOptions, throwIfAborted } from 'oras-js';

const MAX_PROBLEMS = 1000; // a folder can hold millions of files that nobody listed

interface Found {
  /** Listed regular files of the right size. */
  readonly files: Set<string>;
  readonly problems: { readonly code: ErrorCode; readonly text: string }[];
}

/**
 * That a folder holds the bundle's files and nothing else. What is no regular file (links, pipes) is never part of a
 * bundle: a link could show the verifier one file and docker another.
 * @throws MISSING_FILE, UNLISTED_FILE, SIZE_MISMATCH: the first that applies, with the problems of all
 */
export async function checkFolderStructure(root: string, layout: Layout, options: OperationOptions): Promise<void> {
  const found: Found = { files: new Set(), problems: [] };
  await walk(root, '', { layout, folders: foldersOf(layout), found, options });
  const named = new Set(found.problems.map(({ text }) => text.slice(0, text.indexOf(':'))));
  const missing = layout.entries.filter(({ path }) => !found.files.has(path) && !named.has(path));
  const problems = [
    ...missing.map(({ path }) => ({ code: 'MISSING_FILE' as const, text: `${path}: is missing` })),
    ...found.problems.toSorted((a, b) => (a.text < b.text ? -1 : 1)),
  ];
  const code = (['MISSING_FILE', 'UNLISTED_FILE', 'SIZE_MISMATCH'] as const).find((one) =>
    problems.some((each) => each.code === one),
  );
  if (code === undefined) return;
  throw new AirgapError(code, `${root} does not hold what the bundle's manifest lists`, {
    problems: problems.map(({ text }) => text),
  });
}

interface Walk {
  readonly layout: Layout;
  readonly folders: ReadonlySet<string>;
  readonly found: Found;
  readonly options: OperationOptions;
}

async function walk(root: string, folder: string, context: Walk): Promise<void> {
  const { found, folders, layout, options } = context;
  for await (const entry of await opendir(join(root, folder))) {
    throwIfAborted(options.signal);
    if (found.problems.length >= MAX_PROBLEMS) return;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const listed = layout.byPath.get(path);
    if (entry.isDirectory() && folders.has(path)) await walk(root, path, context);
    else if (listed !== undefined && entry.isFile()) await checkFile(root, listed, found);
    else
      found.problems.push({
        code: 'UNLISTED_FILE',
        text: `${escapeControl(path)}: ${kindOf(entry)}${listed === undefined ? unlisted(folders.has(path)) : ' where the manifest lists a file'}`,
      });
  }
}

async function checkFile(root: string, entry: LayoutEntry, found: Found): Promise<void> {
  const { size } = await lstat(join(root, entry.path));
  if (size === entry.size) found.files.add(entry.path);
  else found.problems.push({ code: 'SIZE_MISMATCH', text: `${entry.path}: has ${size} bytes instead of ${entry.size}` });
}

function unlisted(isFolder: boolean): string {
  return isFolder ? ' where the bundle has a folder' : ', which the manifest does not list';
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): string {
  if (entry.isFile()) return 'a file';
  if (entry.isDirectory()) return 'a folder';
  return entry.isSymbolicLink() ? 'a link' : 'no regular file';
}

function foldersOf(layout: Layout): Set<string> {
  const folders = new Set<string>();
  for (const { path } of layout.entries) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) folders.add(path.slice(0, slash));
  }
  return folders;
}
