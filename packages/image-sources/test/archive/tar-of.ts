import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';

export type TarPart = Partial<Header> & { readonly name: string; readonly bytes?: Uint8Array };

/** A tar as another program writes it: tar-stream. */
export async function tarOf(parts: readonly TarPart[]): Promise<Buffer> {
  const packing = pack();
  for (const { bytes, ...header } of parts) packing.entry({ mtime: new Date(0), ...header }, Buffer.from(bytes ?? []));
  packing.finalize();
  return buffer(packing);
}
