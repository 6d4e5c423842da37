import { contentOf, type Descriptor, type OpenContent, OrasError } from 'oras-js';
import type { OpenSource } from '../resolve/source.ts';

export interface BlobOrigin {
  readonly open: OpenSource;
  /** Canonical repositories that list the blob; a registry may hold it in one of them alone. */
  readonly repositories: readonly string[];
  /** What was read, or made, while resolving. */
  readonly known: Uint8Array | undefined;
}

/**
 * A blob's content from wherever it is: memory, else the first repository that has it.
 * @throws NOT_FOUND when none has
 */
export function openBlob(descriptor: Descriptor, { open, repositories, known }: BlobOrigin): OpenContent {
  return async function* (options) {
    if (known !== undefined && known.length === descriptor.size) return yield* contentOf(known)(options);
    let absent: unknown = new OrasError('NOT_FOUND', `no repository lists ${descriptor.digest}`);
    for (const repository of repositories) {
      let begun = false;
      try {
        for await (const batch of open(repository).fetch(descriptor, options)) {
          begun = true;
          yield batch;
        }
        return;
      } catch (error) {
        if (begun || !(error instanceof OrasError) || error.code !== 'NOT_FOUND') throw error;
        absent = error;
      }
    }
    throw absent;
  };
}
