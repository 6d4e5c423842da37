import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import type { Digest } from 'oras-js';

/**
 * What earlier loads put under each reference, by their receipts; the latest counts.
 * @param files receipts that must be readable: the user named them
 * @param folders where receipts are looked for; what cannot be read there is left out
 */
export async function readReceipts(files: readonly string[], folders: readonly string[]): Promise<ReadonlyMap<string, Digest>> {
  const latest = new Map<string, { time: string; digest: Digest }>();
  const take = (entries: readonly ReceiptEntry[]): void => {
    for (const entry of entries) {
      if (entry.event !== 'tagged') continue;
      const known = latest.get(entry.destination);
      if (known === undefined || known.time <= entry.time)
        latest.set(entry.destination, { time: entry.time, digest: entry.digest });
    }
  };
  for (const folder of folders) {
    for (const name of await receiptsIn(folder)) {
      try {
        take(parseReceipt(await readFile(join(folder, name), 'utf8')));
      } catch {
        // A receipt that a crash cut off in the middle of a line, or that is none, must not stop a load.
      }
    }
  }
  for (const file of files) {
    const text = await readIfPresent(file);
    if (text !== undefined) take(parseReceipt(text));
  }
  return new Map([...latest].map(([reference, { digest }]) => [reference, digest]));
}

async function receiptsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).sort();
  } catch {
    return [];
  }
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
