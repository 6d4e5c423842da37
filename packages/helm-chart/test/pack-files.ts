import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export interface PackedEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly header?: Partial<Header>;
}

/** A .tgz with exactly these entries, as wrong as they may be. */
export async function packEntries(entries: readonly PackedEntry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { name, content = '', header } of entries) {
    if (header?.type !== undefined && header.type !== 'file') tar.entry({ ...header, name });
    else tar.entry({ ...header, name }, Buffer.from(content as string));
  }
  tar.finalize();
  return gzipSync(await buffer(tar));
}

/** A chart from files by path below its folder; Chart.yaml is made up where none is given. */
export async function packFiles(files: Readonly<Record<string, string | Uint8Array>>, name = 'sample'): Promise<Uint8Array> {
  const all = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n`, ...files };
  return packEntries(Object.entries(all).map(([path, content]) => ({ name: `${name}/${path}`, content })));
}
