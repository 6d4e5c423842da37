import { OrasError } from '../error.ts';
import type { Fetcher, OperationOptions } from '../target/target.ts';
import type { Descriptor } from './descriptor.ts';
import { MAX_MANIFEST_BYTES } from './limits.ts';

/**
 * The whole content of a manifest or a config, verified by `fetcher`. Never for layers.
 * @throws TOO_LARGE before anything is read; and what `fetch` throws
 */
export async function fetchBytes(
  fetcher: Pick<Fetcher, 'fetch'>,
  descriptor: Descriptor,
  { signal, maxBytes = MAX_MANIFEST_BYTES }: OperationOptions & { readonly maxBytes?: number } = {},
): Promise<Uint8Array> {
  if (descriptor.size > maxBytes) {
    throw new OrasError(
      'TOO_LARGE',
      `${descriptor.digest} (${descriptor.mediaType}) says it has ${descriptor.size} bytes, ${maxBytes} are allowed`,
    );
  }
  const chunks: Uint8Array[] = [];
  for await (const batch of fetcher.fetch(descriptor, { signal })) chunks.push(...batch);
  return Buffer.concat(chunks);
}
