import { open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;

/**
 * A file's text, where it has at most `maxBytes`: no more than that is read, whatever the file is and says of its size.
 * @returns `undefined` for a larger one
 * @throws what Node throws
 */
export async function readConfigFile(path: string, maxBytes: number): Promise<string | undefined> {
  await using file = await open(path, 'r');
  const chunks: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return Buffer.concat(chunks).toString('utf8');
    bytes += bytesRead;
    if (bytes > maxBytes) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
