/** Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's base-256 numbers and long names. */
export const BLOCK_BYTES = 512;

export interface TarHeader {
  readonly path: string;
  /** Of the data that follows, in bytes. */
  readonly size: number;
  readonly type: string;
  readonly link: string;
}

/** @returns `undefined` for a block that is no header: its checksum is wrong or a number cannot be read */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  const size = numberAt(block, 124, 12);
  if (size === undefined || numberAt(block, 148, 8) !== checksumOf(block)) return undefined;
  // GNU tar writes other things where POSIX has the prefix.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  const type = block.toString('latin1', 156, 157);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: type === '\0' ? '0' : type,
    link: textAt(block, 157, 100),
  };
}

/**
 * The records of a pax header, as `path` or `size`; a later one of a name wins.
 * @returns `undefined` where the records are not well formed
 */
export function parsePaxRecords(data: Buffer): Map<string, string> | undefined {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(0x20, at);
    const digits = space === -1 ? '' : data.toString('latin1', at, space);
    const length = /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (length === 0 || end > data.length || data[end - 1] !== 0x0a) return undefined;
    const record = data.toString('utf8', space + 1, end - 1);
    const equals = record.indexOf('=');
    if (equals < 1) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}

export function textAt(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function numberAt(block: Buffer, offset: number, length: number): number | undefined {
  const first = block[offset] ?? 0;
  if (first >= 0x80) {
    // Base-256: only what fits a safe integer, and no negative numbers.
    const bytes = Buffer.from(block.subarray(offset, offset + length));
    bytes[0] = first & 0x7f;
    const value = BigInt(`0x${bytes.toString('hex')}`);
    return first === 0x80 && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  }
  const text = textAt(block, offset, length).trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text === '' ? '0' : text, 8) : undefined;
}

function checksumOf(block: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i += 1) sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
  return sum;
}
