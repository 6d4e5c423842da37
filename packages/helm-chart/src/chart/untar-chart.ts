import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { throwIfAborted } from 'oras-js';
import { extract } from 'tar-stream';
import { type ChartBudget, MAX_FILE_BYTES } from './chart-limits.ts';
import { invalidChart } from './invalid-chart.ts';

const inflate = promisify(gunzip);

/**
 * Unpacks a chart's .tgz in memory, within `budget`.
 * Refused: what could make Helm and us read different things (doubled entries, several top folders), and what could leave
 * the folder of somebody who unpacks it (absolute paths, `..`, links).
 * @returns files by their path below the archive's one top folder
 * @throws INVALID_CHART
 */
export async function untarChart(
  tgz: Uint8Array,
  where: string,
  { budget, signal }: { readonly budget: ChartBudget; readonly signal?: AbortSignal | undefined },
): Promise<Map<string, Uint8Array>> {
  const tar = await inflate(tgz, { maxOutputLength: Math.max(budget.bytes, 1) }).catch((error: unknown) => {
    throw invalidChart(where, 'not a gzip archive of an acceptable size', error);
  });
  budget.bytes -= tar.length;
  const files = new Map<string, Uint8Array>();
  const unpack = extract();
  unpack.end(tar);
  let folder: string | undefined;
  try {
    for await (const entry of unpack) {
      throwIfAborted(signal);
      const { name, type, size = 0 } = entry.header;
      budget.entries -= 1;
      if (budget.entries < 0) throw invalidChart(where, 'too many entries');
      const path = checkPath(name, where);
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file') throw invalidChart(where, `${name}: only files and folders belong into a chart, not a ${type}`);
      if (size > MAX_FILE_BYTES) throw invalidChart(where, `${name}: more than ${MAX_FILE_BYTES} bytes`);
      const [top, ...rest] = path;
      folder ??= top;
      if (rest.length === 0) throw invalidChart(where, `${name}: lies outside the chart's folder`);
      if (top !== folder) throw invalidChart(where, `${name}: a second folder beside ${folder}`);
      const inside = rest.join('/');
      if (files.has(inside)) throw invalidChart(where, `${name}: is there twice`);
      const parts: Uint8Array[] = [];
      for await (const part of entry) parts.push(part as Uint8Array);
      files.set(inside, Buffer.concat(parts));
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'INVALID_CHART') throw error;
    throwIfAborted(signal);
    throw invalidChart(where, `not a tar archive: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  return files;
}

function checkPath(name: string, where: string): string[] {
  const segments = name.replace(/\/$/, '').split('/');
  const isUnsafe = /[\\:\p{Cc}]/u.test(name) || segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  if (isUnsafe) throw invalidChart(where, `${name}: not a path that belongs into a chart`);
  return segments;
}
