import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type Descriptor, OrasError } from 'oras-js';
import type { DestinationRepository } from '../destinations/destination-repository.ts';
import type { Retagged } from '../retag/retag.ts';

export type Confirmation = { readonly outcome: 'confirmed' } | { readonly outcome: 'withheld'; readonly policy: string };

/**
 * Reads back what a tag holds now. Its PUT was answered with the right digest already, so a policy that forbids
 * reading does not make the load fail: the answer says which.
 * @throws CONFIRMATION_FAILED
 */
export async function confirmTag(
  repository: DestinationRepository,
  { artifact, tag, reference }: Retagged,
  signal: AbortSignal | undefined,
): Promise<Confirmation> {
  let found: Descriptor;
  try {
    found = await repository.resolve(tag, { signal });
  } catch (error) {
    if (!(error instanceof OrasError)) throw error;
    if (error.code === 'WITHHELD' || error.code === 'DENIED') return { outcome: 'withheld', policy: error.message };
    if (error.code !== 'NOT_FOUND') throw error;
    throw new AirgapError('CONFIRMATION_FAILED', `${reference} was accepted, and is not there`, {
      cause: error,
      side: 'destination',
    });
  }
  if (found.digest === artifact.root.digest) return { outcome: 'confirmed' };
  throw new AirgapError('CONFIRMATION_FAILED', `${reference} is ${found.digest} now, and ${artifact.root.digest} was pushed`, {
    side: 'destination',
  });
}
