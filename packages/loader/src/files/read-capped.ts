import { createReadStream } from 'node:fs';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type OperationOptions, throwIfAborted } from 'oras-js';
import { fileError } from './file-error.ts';

export interface ReadCappedOptions extends OperationOptions {
  readonly maxBytes: number;
  /** What the file is to the user: `the key`. */
  readonly what: string;
  readonly remedy?: string | undefined;
}

/**
 * Reads a small file as text; a pipe too (`--key <(…)`), and no more of it than `maxBytes`.
 * @throws FILE_NOT_FOUND, FILE_ERROR, ABORTED
 */
export async function readCapped(path: string, { maxBytes, what, remedy, signal }: ReadCappedOptions): Promise<string> {
  throwIfAborted(signal);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = createReadStream(path, { end: maxBytes, ...(signal === undefined ? {} : { signal }) });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
    }
  } catch (error) {
    throwIfAborted(signal);
    throw fileError(error, { what: `${what} ${path}`, done: 'read', remedy });
  }
  if (size > maxBytes) throw new AirgapError('FILE_ERROR', `${what} ${path} has more than ${maxBytes} bytes`, { remedy });
  return Buffer.concat(chunks).toString('utf8');
}
