import { readFile } from 'node:fs/promises';

/** One request as the registry logged it. Ranges are not logged: 206 and the length tell them. */
export interface AccessLogEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
}

const LINE = /"(?<method>[A-Z]+) (?<path>\S+) HTTP\/[\d.]+" (?<status>\d{3}) (?<bytes>\d+)/;

/** docker-registry writes Apache's combined format between other lines. */
export async function readAccessLog(file: string): Promise<AccessLogEntry[]> {
  const entries: AccessLogEntry[] = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    const fields = LINE.exec(line)?.groups;
    if (fields === undefined) continue;
    const { method = '', path = '', status, bytes } = fields;
    entries.push({ method, path, status: Number(status), bytes: Number(bytes) });
  }
  return entries;
}

/** Tags that a client has put: manifests whose reference is no digest. */
export function tagsPut(entries: readonly AccessLogEntry[]): AccessLogEntry[] {
  return entries.filter(({ method, path }) => method === 'PUT' && /\/manifests\/(?!sha256:)/.test(path));
}

/** Everything that changes a registry. */
export function writes(entries: readonly AccessLogEntry[]): AccessLogEntry[] {
  return entries.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
}
