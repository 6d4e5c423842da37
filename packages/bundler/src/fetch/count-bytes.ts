import type { OpenContent } from 'oras-js';

/**
 * Tells `onBytes` of every batch. Opened again, as a retry does, it takes back what was counted beyond the offset,
 * so that the sum stays what is really there.
 */
export function countBytes(
  open: OpenContent,
  onBytes: (bytes: number) => void,
): { readonly open: OpenContent; readonly counted: () => number } {
  let counted = 0;
  const setTo = (bytes: number): void => {
    if (bytes !== counted) onBytes(bytes - counted);
    counted = bytes;
  };
  return {
    counted: () => counted,
    open: async function* (options) {
      setTo(options?.resume?.offset ?? 0);
      for await (const batch of open(options)) {
        yield batch;
        setTo(counted + batch.reduce((sum, chunk) => sum + chunk.byteLength, 0));
      }
    },
  };
}
