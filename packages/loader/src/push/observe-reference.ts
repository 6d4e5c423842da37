import { type Descriptor, type Digest, OrasError } from 'oras-js';
import type { ReceiptLookup } from '../confirm/read-receipts.ts';
import type { DestinationRepository } from '../destinations/destination-repository.ts';
import type { Retagged } from '../retag/retag.ts';

/** What the destination has under a reference. */
export type ReferenceState =
  | { readonly state: 'absent' }
  | { readonly state: 'same' }
  | { readonly state: 'different'; readonly digest: Digest }
  /** It is there, and a policy hides what it is; `receipt` is what an earlier load put there. */
  | { readonly state: 'withheld'; readonly policy: string; readonly receipt: Digest | undefined };

export interface ObserveOptions {
  /** Asked only about what a policy hides. */
  readonly receipts: ReceiptLookup;
  readonly signal?: AbortSignal | undefined;
}

export async function observeReference(
  repository: DestinationRepository,
  retagged: Retagged,
  { receipts, signal }: ObserveOptions,
): Promise<ReferenceState> {
  const withheld = async (policy: string): Promise<ReferenceState> => ({
    state: 'withheld',
    policy,
    receipt: await receipts(retagged.reference),
  });
  let found: Descriptor;
  try {
    found = await repository.resolve(retagged.tag, { signal });
  } catch (error) {
    if (!(error instanceof OrasError)) throw error;
    if (isAbsent(error)) return { state: 'absent' };
    if (error.code === 'WITHHELD') return withheld(error.message);
    // Artifactory says 403 to a tag that does not exist, Xray to one that it blocks: the list knows.
    if (error.code === 'DENIED') {
      return (await isListed(repository, retagged.tag, signal)) ? withheld(error.message) : { state: 'absent' };
    }
    throw error;
  }
  return found.digest === retagged.artifact.root.digest ? { state: 'same' } : { state: 'different', digest: found.digest };
}

/** @throws DENIED where the list is refused too: whether a push would overwrite something cannot be known then */
async function isListed(repository: DestinationRepository, tag: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    for await (const listed of repository.tags({ signal })) if (listed === tag) return true;
    return false;
  } catch (error) {
    if (error instanceof OrasError && isAbsent(error)) return false;
    throw error;
  }
}

/** Harbor's "project … not found" is no absent tag: it comes with 401, and nothing can be pushed there. */
function isAbsent({ code, status }: OrasError): boolean {
  return code === 'NOT_FOUND' && status !== 401;
}
