import { type OpenContent, type OperationOptions, throwIfAborted } from 'oras-js';
import type { Chart, ChartDependency, Subchart, Values } from './chart.ts';
import { type ChartBudget, MAX_CHART_BYTES, MAX_ENTRIES, MAX_SUBCHART_DEPTH, MAX_UNPACKED_BYTES } from './chart-limits.ts';
import { invalidChart } from './invalid-chart.ts';
import { isValues } from './is-values.ts';
import { parseYaml } from './parse-yaml.ts';
import { untarChart } from './untar-chart.ts';

// Names and versions become file names and arguments of commands.
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;
const VERSION = /^[a-zA-Z0-9][a-zA-Z0-9.+_-]{0,99}$/;
const SUBCHART_FOLDER = /^charts\/([^/]+)\/(.+)$/;
const PACKED_SUBCHART = /^charts\/[^/]+\.tgz$/;

/**
 * Reads a packed chart, which is hostile until proven otherwise: sizes, entries, paths and YAML are capped.
 * Sub-charts are read too, as folders and as packed archives.
 * @throws INVALID_CHART; ABORTED
 */
export async function readChart(source: Uint8Array | OpenContent, { signal }: OperationOptions = {}): Promise<Chart> {
  const tgz = source instanceof Uint8Array ? source : await collect(source, signal);
  if (tgz.length > MAX_CHART_BYTES) throw invalidChart('chart', `more than ${MAX_CHART_BYTES} bytes`);
  const reading: Reading = { budget: { entries: MAX_ENTRIES, bytes: MAX_UNPACKED_BYTES }, signal, depth: 0 };
  return chartOf(await untarChart(tgz, 'chart', reading), 'chart', reading);
}

interface Reading {
  readonly budget: ChartBudget;
  readonly signal: AbortSignal | undefined;
  readonly depth: number;
}

async function collect(open: OpenContent, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const batch of open({ signal })) {
    for (const part of batch) {
      size += part.length;
      if (size > MAX_CHART_BYTES) throw invalidChart('chart', `more than ${MAX_CHART_BYTES} bytes`);
      parts.push(part);
    }
  }
  return Buffer.concat(parts);
}

async function chartOf(files: ReadonlyMap<string, Uint8Array>, where: string, reading: Reading): Promise<Chart> {
  throwIfAborted(reading.signal);
  if (reading.depth > MAX_SUBCHART_DEPTH) throw invalidChart(where, 'charts nested too deeply');
  const metadata = mapIn(files, 'Chart.yaml', `${where}/Chart.yaml`, { schema: 'failsafe' });
  if (metadata === undefined) throw invalidChart(where, 'no Chart.yaml');
  const { name, version, appVersion } = metadata;
  if (typeof name !== 'string' || !NAME.test(name)) throw invalidChart(`${where}/Chart.yaml`, 'name is missing or unusable');
  if (typeof version !== 'string' || !VERSION.test(version)) {
    throw invalidChart(`${where}/Chart.yaml`, 'version is missing or unusable');
  }
  const place = reading.depth === 0 ? `${name} ${version}` : where;
  // Charts of apiVersion v1 keep their dependencies in a file of its own.
  const requirements = mapIn(files, 'requirements.yaml', `${place}/requirements.yaml`, { schema: 'failsafe' });
  return {
    name,
    version,
    appVersion: typeof appVersion === 'string' && appVersion !== '' ? appVersion : undefined,
    values: mapIn(files, 'values.yaml', `${place}/values.yaml`) ?? {},
    valuesText: textIn(files, 'values.yaml') ?? '',
    templates: templatesIn(files),
    files,
    dependencies: dependenciesOf(metadata.dependencies ?? requirements?.dependencies),
    subcharts: await subchartsIn(files, place, { ...reading, depth: reading.depth + 1 }),
  };
}

function textIn(files: ReadonlyMap<string, Uint8Array>, path: string): string | undefined {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function mapIn(
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  where: string,
  options: { schema?: 'failsafe' } = {},
): Values | undefined {
  const text = textIn(files, path);
  if (text === undefined) return undefined;
  const value = parseYaml(text, where, options) ?? {};
  // An empty file is empty text under the failsafe schema.
  if (value === '') return {};
  if (!isValues(value)) throw invalidChart(where, 'not a map');
  return value;
}

function templatesIn(files: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  const paths = [...files.keys()].filter((path) => path.startsWith('templates/'));
  return new Map(paths.sort().map((path) => [path, textIn(files, path) ?? '']));
}

function dependenciesOf(list: unknown): ChartDependency[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isValues).flatMap(({ name, alias }) => {
    if (typeof name !== 'string') return [];
    return [{ name, alias: typeof alias === 'string' ? alias : undefined }];
  });
}

async function subchartsIn(files: ReadonlyMap<string, Uint8Array>, where: string, reading: Reading): Promise<Subchart[]> {
  const folders = new Map<string, Map<string, Uint8Array>>();
  const found: Subchart[] = [];
  for (const [path, bytes] of files) {
    const [, folder, rest] = SUBCHART_FOLDER.exec(path) ?? [];
    // Helm passes over what begins with a dot or an underscore.
    if (/^charts\/[._]/.test(path)) continue;
    if (folder !== undefined && rest !== undefined) {
      const inner = folders.get(folder) ?? new Map<string, Uint8Array>();
      folders.set(folder, inner.set(rest, bytes));
    } else if (PACKED_SUBCHART.test(path)) {
      const place = `${where}/${path}`;
      found.push({ path, chart: await chartOf(await untarChart(bytes, place, reading), place, reading) });
    }
  }
  for (const [folder, inner] of folders) {
    const path = `charts/${folder}`;
    found.push({ path, chart: await chartOf(inner, `${where}/${path}`, reading) });
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}
