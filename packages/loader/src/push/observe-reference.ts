import { type Descriptor, type Digest, OrasError } from 'oras-js';
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
  /** What receipts say: reference → digest. */
  readonly receipts: ReadonlyMap<string, Digest>;
  readonly signal?: AbortSignal | undefined;
}

export async function observeReference(
  repository: DestinationRepository,
  retagged: Retagged,
  { receipts, signal }: ObserveOptions,
): Promise<ReferenceState> {
  const withheld = (policy: string): ReferenceState => ({
    state: 'withheld',
    policy,
    receipt: receipts.get(retagged.reference),
  });
  let found: Descriptor;
  try {
    found = await repository.resolve(retagged.tag, { signal });
  } catch (error) {
    if (!(error instanceof OrasError)) throw error;
    if (isAbsent(error)) return { state: 'absent' };
    if (error.code === 'WITHHELD') return withheld(error.message);
    // Artifactory says 403 to HEAD of a tag that does not exist, Xray to one that it blocks: the list knows.
    if (error.code === 'DENIED') {
      return (await isListed(repository, retagged.tag, signal)) ? withheld(error.message) : { state: 'absent' };
    }
    if (error.code === 'UNAUTHORIZED') throw await explained(repository, error, signal);
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

/** An answer to HEAD has no body: Harbor's "project … not found" comes as 401 too, and only a GET brings its text. */
async function explained(
  repository: DestinationRepository,
  refusal: OrasError,
  signal: AbortSignal | undefined,
): Promise<OrasError> {
  try {
    for await (const _tag of repository.tags({ signal })) break;
    return refusal;
  } catch (error) {
    return error instanceof OrasError && !isAbsent(error) ? error : refusal;
  }
}
