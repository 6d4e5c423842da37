import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AirgapError, parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { type Digest, type OperationOptions, throwIfAborted } from 'oras-js';
import { readCapped } from '../files/read-capped.ts';
import { inParallel } from '../push/in-parallel.ts';

/** What receipts say is under a reference. */
export type ReceiptLookup = (reference: string) => Promise<Digest | undefined>;

export interface ReceiptPlaces {
  /** Receipts that must be readable: the user named them. One that does not exist yet will be written. */
  readonly files: readonly string[];
  /** Where receipts are looked for, once the first reference is asked for. */
  readonly folders: readonly string[];
}

export interface ReadReceiptsOptions extends OperationOptions {
  /** Told of what in the folders could not be read, as a sentence. */
  readonly onSkipped?: ((note: string) => void) | undefined;
}

/** A line is half a kilobyte: a million references. */
const MAX_NAMED_BYTES = 256 * 1024 * 1024;
const MAX_FOUND_BYTES = 16 * 1024 * 1024;
/** The newest of each folder: their names begin with the time. */
const MAX_FOUND_RECEIPTS = 1000;
const READS_AT_A_TIME = 8;

interface Latest {
  readonly time: string;
  readonly digest: Digest;
}

/**
 * What earlier loads put, or saw, under each reference, by their receipts; the latest counts. Files that were named are
 * read at once; folders only when a policy hides something, which few registries ever do.
 * @throws INVALID_RECEIPT, FILE_ERROR for files that were named; ABORTED
 */
export async function readReceipts({ files, folders }: ReceiptPlaces, options: ReadReceiptsOptions = {}): Promise<ReceiptLookup> {
  const latest = new Map<string, Latest>();
  for (const file of files) take(await namedReceipt(file, options), latest);
  let found: Promise<void> | undefined;
  return async (reference) => {
    found ??= readFolders(folders, latest, options);
    await found;
    return latest.get(reference)?.digest;
  };
}

function take(entries: readonly ReceiptEntry[], latest: Map<string, Latest>): void {
  for (const entry of entries) {
    if (entry.event !== 'tagged' || entry.digest === null) continue;
    const known = latest.get(entry.destination);
    if (known === undefined || known.time <= entry.time) {
      latest.set(entry.destination, { time: entry.time, digest: entry.digest });
    }
  }
}

async function namedReceipt(path: string, { signal }: OperationOptions): Promise<ReceiptEntry[]> {
  const remedy = 'Name the receipt of an earlier load, or a file that does not exist yet, with --receipt.';
  let text: string;
  try {
    text = await readCapped(path, { maxBytes: MAX_NAMED_BYTES, what: 'the receipt', remedy, signal });
  } catch (error) {
    if (error instanceof AirgapError && error.code === 'FILE_NOT_FOUND') return [];
    throw error;
  }
  const { entries, problems } = parseLines(text, path);
  if (problems.length === 0) return entries;
  throw new AirgapError('INVALID_RECEIPT', `${path} is no receipt, or was changed`, { problems });
}

async function readFolders(
  folders: readonly string[],
  latest: Map<string, Latest>,
  { onSkipped, signal }: ReadReceiptsOptions,
): Promise<void> {
  const paths = (await Promise.all(folders.map((folder) => receiptsIn(folder, onSkipped)))).flat();
  const read = new Map<string, readonly ReceiptEntry[]>();
  await inParallel(
    paths,
    async (path, stop) => {
      try {
        // A pipe would be waited for.
        if (!(await stat(path)).isFile()) return;
        const text = await readCapped(path, { maxBytes: MAX_FOUND_BYTES, what: 'the receipt', signal: stop });
        const { entries, problems } = parseLines(text, path);
        read.set(path, entries);
        // The lines around a bad one are as true as before.
        for (const problem of problems) onSkipped?.(`${problem}; the line was left out`);
      } catch (error) {
        throwIfAborted(stop);
        onSkipped?.(`${error instanceof AirgapError ? error.message : `the receipt ${path} cannot be read`}; it was left out`);
      }
    },
    { concurrency: READS_AT_A_TIME, signal },
  );
  // In the order of their names: of two lines of one second the later file's counts.
  for (const path of paths) take(read.get(path) ?? [], latest);
}

async function receiptsIn(folder: string, onSkipped: ReadReceiptsOptions['onSkipped']): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  } catch {
    // Nothing was loaded from here before.
    return [];
  }
  const skipped = names.length - MAX_FOUND_RECEIPTS;
  if (skipped > 0) onSkipped?.(`${folder} has ${names.length} receipts; the oldest ${skipped} were left out`);
  return names.slice(-MAX_FOUND_RECEIPTS).map((name) => join(folder, name));
}

/** Line by line, so that each that is wrong can be named. A last line without its end was torn by a kill. */
function parseLines(text: string, path: string): { readonly entries: ReceiptEntry[]; readonly problems: string[] } {
  const entries: ReceiptEntry[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    try {
      entries.push(...parseReceipt(`${line}\n`));
    } catch (error) {
      if (!(error instanceof AirgapError)) throw error;
      problems.push(`${path}, line ${index + 1}: ${error.problems.join('; ') || 'not JSON'}`);
    }
  }
  return { entries, problems };
}
