import { AirgapError } from '../errors/airgap-error.ts';
import { BLOCK_BYTES } from '../paths.ts';

export interface TarEntry {
  readonly path: string;
  /** bytes */
  readonly size: number;
}

/** The name field of a ustar header; the prefix field is not used, so that each name has one encoding. */
const MAX_PATH_BYTES = 100;
const PRINTABLE_ASCII = /^[!-~]+$/;

/** The first size that eleven octal digits cannot hold: 8 GiB. */
const OCTAL_LIMIT = 8 ** 11;

/**
 * The 512 bytes before an entry's content: a regular file, ustar, mode 0644, owner 0:0 without names.
 * A reader compares with this instead of parsing, so it has exactly one form for each entry.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format"; base-256 as in GNU tar 1.35, "Basic Tar Format".
 * @param mtimeSeconds since the epoch; the same for all entries
 * @throws NAME_TOO_LONG
 */
export function encodeTarHeader(entry: TarEntry, mtimeSeconds: number): Uint8Array {
  if (!PRINTABLE_ASCII.test(entry.path) || entry.path.length > MAX_PATH_BYTES) {
    throw new AirgapError(
      'NAME_TOO_LONG',
      `a tar entry's name has at most ${MAX_PATH_BYTES} plain ASCII characters: ${JSON.stringify(entry.path.slice(0, 300))}`,
    );
  }
  const header = new Uint8Array(BLOCK_BYTES);
  writeText(header, 0, entry.path);
  writeText(header, 100, '0000644'); // mode
  writeText(header, 108, '0000000'); // uid
  writeText(header, 116, '0000000'); // gid
  writeNumber(header, 124, entry.size);
  writeNumber(header, 136, mtimeSeconds);
  header.fill(0x20, 148, 156); // the checksum counts itself as blanks
  writeText(header, 156, '0'); // a regular file
  writeText(header, 257, 'ustar\x0000');
  writeText(header, 329, '0000000'); // devmajor
  writeText(header, 337, '0000000'); // devminor
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  writeText(header, 148, `${checksum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Seconds since the epoch of a manifest's `created`, which every entry carries as its time. */
export function mtimeSecondsOf(created: string): number {
  return Date.parse(created) / 1000;
}

function writeText(header: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) header[offset + index] = text.charCodeAt(index);
}

/** Twelve bytes: eleven octal digits and NUL, or base-256 from 8 GiB on. */
function writeNumber(header: Uint8Array, offset: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new AirgapError('INTERNAL', `a tar header cannot hold ${value}`);
  }
  if (value < OCTAL_LIMIT) {
    writeText(header, offset, value.toString(8).padStart(11, '0'));
    return;
  }
  header[offset] = 0x80;
  new DataView(header.buffer).setBigUint64(offset + 4, BigInt(value));
}
