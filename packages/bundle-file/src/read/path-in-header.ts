import { BLOCK_BYTES } from '@zenml-airgap/bundle-spec';

// Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar writes blanks behind the magic and no prefix.
const NAME = [0, 100] as const;
const CHECKSUM = [148, 156] as const;
const MAGIC = [257, 262] as const;
const VERSION = [262, 265] as const;
const PREFIX = [345, 500] as const;

/**
 * The path in a well-formed tar header: one that other tar programs would follow, whatever its type.
 * @returns undefined for bytes that are none, such as a header with a flipped bit: its checksum is wrong
 */
export function pathInHeader(block: Buffer): string | undefined {
  if (block.length < BLOCK_BYTES || block.toString('latin1', ...MAGIC) !== 'ustar') return undefined;
  const checksum = /^ *([0-7]+)[ \0]*$/.exec(block.toString('latin1', ...CHECKSUM))?.[1];
  if (checksum === undefined || Number.parseInt(checksum, 8) !== checksumOf(block)) return undefined;
  const isPosix = block.toString('latin1', ...VERSION).startsWith('\0');
  const prefix = isPosix ? textIn(block, PREFIX) : '';
  return prefix === '' ? textIn(block, NAME) : `${prefix}/${textIn(block, NAME)}`;
}

/** The sum of all bytes, the checksum's own taken as blanks. */
function checksumOf(block: Buffer): number {
  let sum = (CHECKSUM[1] - CHECKSUM[0]) * 0x20;
  for (let at = 0; at < BLOCK_BYTES; at += 1) if (at < CHECKSUM[0] || at >= CHECKSUM[1]) sum += block[at] ?? 0;
  return sum;
}

function textIn(block: Buffer, [start, end]: readonly [number, number]): string {
  const field = block.subarray(start, end);
  const nul = field.indexOf(0);
  return field.toString('utf8', 0, nul === -1 ? field.length : nul);
}
