import type { Content } from 'oras-js';

export async function collect(content: Content): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const batch of content) chunks.push(...batch);
  return Buffer.concat(chunks);
}
