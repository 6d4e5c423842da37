import { OrasError } from '../error.ts';
import { connectionError } from './connection-error.ts';
import { RegistryError } from './registry-error.ts';
import type { HttpResponse } from './send-request.ts';

/**
 * The whole body of an answer that is metadata.
 * @throws TOO_LARGE, CONNECTION_FAILED (transient) where it is cut short, ABORTED
 */
export function readBody(
  { message, url }: HttpResponse,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        reject(new RegistryError('TOO_LARGE', `${url.host}: the answer has more than ${maxBytes} bytes`));
        message.destroy();
      } else chunks.push(chunk);
    });
    const cut = (error?: Error): void => {
      if (message.complete) return;
      if (signal?.aborted) reject(new OrasError('ABORTED', 'the operation was aborted', { cause: signal.reason }));
      else reject(connectionError(error ?? brokenOff(), url, true));
    };
    message.once('end', () => (message.complete ? resolve(Buffer.concat(chunks)) : cut()));
    message.on('error', cut).once('close', cut);
  });
}

/** What Node calls a response that ended before its time. */
export function brokenOff(): Error {
  return Object.assign(new Error('the answer was cut short'), { code: 'ECONNRESET' });
}
