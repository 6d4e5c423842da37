import { createHash } from 'node:crypto';
import { type DigestAlgorithm, throwIfAborted } from 'oras-js';
import type { Section } from '../read/section.ts';

const READ_BYTES = 1024 * 1024;

interface HashHereOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Hashes on this thread: for what is too little to start another one. Null where the file ends too early. */
export async function hashHere(section: Section, algorithm: DigestAlgorithm, options: HashHereOptions): Promise<string | null> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, section.size));
  for (let done = 0; done < section.size; ) {
    throwIfAborted(options.signal);
    const length = Math.min(buffer.length, section.size - done);
    const { bytesRead } = await section.handle.read(buffer, 0, length, section.offset + done);
    if (bytesRead === 0) return null;
    hash.update(buffer.subarray(0, bytesRead));
    options.onBytes?.(bytesRead);
    done += bytesRead;
  }
  return hash.digest('hex');
}
