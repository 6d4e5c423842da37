import { BLOCK_BYTES } from '@zenml-airgap/bundle-spec';

// Until a blob is complete its header's slot says how far it came. No tar header begins like this, so a partial file
// is no readable tar at that place, and a reader knows what it has before it.
const MAGIC = Buffer.from('zenml-airgap partial blob v1\n\0', 'latin1');
const BYTES_OFFSET = 64;

/** The content of an incomplete blob's header slot. */
export function encodeProgressRecord(writtenBytes: number): Uint8Array {
  const record = Buffer.alloc(BLOCK_BYTES);
  MAGIC.copy(record);
  record.writeBigUInt64BE(BigInt(writtenBytes), BYTES_OFFSET);
  return record;
}

function isProgressRecord(slot: Uint8Array): boolean {
  return MAGIC.equals(slot.subarray(0, MAGIC.length));
}

/**
 * How many bytes the record claims, at most `size`: a claim is only where to begin hashing, nothing is believed.
 * @returns 0 for a slot without a record
 */
export function decodeProgressRecord(slot: Uint8Array, size: number): number {
  if (!isProgressRecord(slot)) return 0;
  const claimed = Buffer.from(slot.buffer, slot.byteOffset, slot.byteLength).readBigUInt64BE(BYTES_OFFSET);
  return claimed > BigInt(size) ? 0 : Number(claimed);
}
