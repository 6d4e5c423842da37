import type { FileHandle } from 'node:fs/promises';
import { escapeControl, type OperationOptions, throwIfAborted } from 'oras-js';
import { invalidArchive } from '../image-source-error.ts';
import { BLOCK_BYTES, parsePaxRecords, parseTarHeader, type TarHeader, textAt } from './tar-header.ts';

/** A file's data lies in the archive at `start`; a link names another path. */
export type TarEntry =
  | { readonly kind: 'file'; readonly start: number; readonly size: number }
  | { readonly kind: 'link'; readonly target: string };

/** An image has at most 127 layers and four files each; a bundle of a thousand images stays below it. */
const MAX_ENTRIES = 100_000;
/** Long names and pax records; PATH_MAX is 4 KiB. */
const MAX_EXTENSION_BYTES = 64 * 1024;

/**
 * Where each file of a tar lies. Reads the headers only, whatever lies between them.
 * @param where named in messages
 * @returns by path, without `./`; folders and devices are left out: nothing of an image is in them
 * @throws INVALID_ARCHIVE for a tar that is cut short, damaged, has a path twice, or a path or link that leads out of it
 */
export async function indexTar(
  file: FileHandle,
  where: string,
  { signal }: OperationOptions = {},
): Promise<ReadonlyMap<string, TarEntry>> {
  const { size: total } = await file.stat();
  const entries = new Map<string, TarEntry>();
  let extension: Partial<TarHeader> = {};
  let at = 0;
  for (let count = 0; ; count += 1) {
    throwIfAborted(signal);
    if (count > MAX_ENTRIES) throw invalidArchive(where, `it has more than ${MAX_ENTRIES} entries`);
    const block = await readAt(file, at, BLOCK_BYTES);
    if (block.length < BLOCK_BYTES) throw invalidArchive(where, 'it is cut short: tar’s end is missing');
    if (block.every((byte) => byte === 0)) return entries;
    const header = parseTarHeader(block);
    if (header === undefined) {
      throw invalidArchive(where, at === 0 ? 'it is no tar' : `it is damaged: there is no tar header at byte ${at}`);
    }
    const start = at + BLOCK_BYTES;
    const { path, size, type, link } = { ...header, ...extension };
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (start + size > total) throw invalidArchive(where, `it is cut short: ${escapeControl(path)} ends after the file’s end`);
    if (type === 'x' || type === 'L' || type === 'K') {
      if (size > MAX_EXTENSION_BYTES) throw invalidArchive(where, `a name in it has more than ${MAX_EXTENSION_BYTES} bytes`);
      extension = { ...extension, ...extensionOf(type, await readAt(file, start, size), where) };
      continue;
    }
    if (type === 'g') continue;
    extension = {};
    const entry = entryOf(type, { start, size, link });
    if (entry === undefined) continue;
    const name = insidePath('', path);
    if (name === undefined) throw invalidArchive(where, `${escapeControl(path)} leads out of it`);
    if (entries.has(name)) throw invalidArchive(where, `${escapeControl(name)} is in it twice`);
    const inside = entry.kind === 'link' ? linkInside(name, type, entry.target) : entry;
    if (inside === undefined) throw invalidArchive(where, `the link ${escapeControl(name)} leads out of it`);
    entries.set(name, inside);
  }
}

function entryOf(type: string, { start, size, link }: { start: number; size: number; link: string }): TarEntry | undefined {
  if (type === '0' || type === '7') return { kind: 'file', start, size };
  return type === '1' || type === '2' ? { kind: 'link', target: link } : undefined;
}

function extensionOf(type: string, data: Buffer, where: string): Partial<TarHeader> {
  if (type === 'L') return { path: textAt(data, 0, data.length) };
  if (type === 'K') return { link: textAt(data, 0, data.length) };
  const records = parsePaxRecords(data);
  const size = records?.get('size');
  if (records === undefined || (size !== undefined && !/^\d{1,15}$/.test(size))) {
    throw invalidArchive(where, 'it is damaged: a pax header cannot be read');
  }
  const path = records.get('path');
  const link = records.get('linkpath');
  return {
    ...(path === undefined ? {} : { path }),
    ...(link === undefined ? {} : { link }),
    ...(size === undefined ? {} : { size: Number(size) }),
  };
}

/** A symbolic link (2) starts from its folder, a hard link (1) from the archive's root. */
function linkInside(name: string, type: string, target: string): TarEntry | undefined {
  const folder = type === '2' ? name.split('/').slice(0, -1).join('/') : '';
  const inside = insidePath(folder, target);
  return inside === undefined ? undefined : { kind: 'link', target: inside };
}

/** @returns `undefined` for what is absolute, leads above the root, or names nothing */
export function insidePath(folder: string, path: string): string | undefined {
  if (path.startsWith('/')) return undefined;
  const segments = folder === '' ? [] : folder.split('/');
  for (const segment of path.split('/')) {
    if (segment === '..' && segments.pop() === undefined) return undefined;
    if (segment !== '' && segment !== '.' && segment !== '..') segments.push(segment);
  }
  return segments.length === 0 ? undefined : segments.join('/');
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
