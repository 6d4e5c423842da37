import type { Exchange } from './exchange.ts';
import { RegistryFailure } from './registry-failure.ts';

/** A small body, in memory. @throws RegistryFailure 413 */
export async function readMetadata(exchange: Exchange, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new RegistryFailure(413, 'MANIFEST_INVALID', `more than ${maxBytes} bytes`);
  if (Number(exchange.header('content-length') ?? 0) > maxBytes) throw tooLarge;
  const chunks: Buffer[] = [];
  let total = 0;
  return new Promise((resolve, reject) => {
    const { request } = exchange;
    const take = (chunk: Buffer) => {
      total += chunk.byteLength;
      exchange.received(chunk.byteLength);
      chunks.push(chunk);
      if (total <= maxBytes) return;
      request.off('data', take);
      request.resume();
      reject(tooLarge);
    };
    request.on('data', take);
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new RegistryFailure(400, 'MANIFEST_INVALID', 'the body ended early')));
  });
}
