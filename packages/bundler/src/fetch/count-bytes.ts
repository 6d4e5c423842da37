import type { OpenContent } from 'oras-js';

/**
 * Tells `onBytes` of every batch. Opened again, as a retry does, it takes back what was counted beyond the offset,
 * so that the sum stays what is really there.
 * @param presentBytes what an earlier run has left and was counted already
 */
export function countBytes(
  open: OpenContent,
  onBytes: (bytes: number) => void,
  presentBytes = 0,
): { readonly open: OpenContent; readonly counted: () => number } {
  let counted = presentBytes;
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
