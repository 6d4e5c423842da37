import type { FileHandle } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';

/** What of a file is needed to read it. */
export type Readable = Pick<FileHandle, 'read'>;

/**
 * Reads exactly `length` bytes of what is small enough to be in memory.
 * @throws TRUNCATED_BUNDLE where the file ends before
 */
export async function readFully(handle: Readable, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new AirgapError('TRUNCATED_BUNDLE', `the file ends at byte ${position + filled}, within what the bundle needs`);
    }
    filled += bytesRead;
  }
  return buffer;
}
