import type { Descriptor } from '../content/descriptor.ts';
import { OrasError } from '../error.ts';
import type { OperationOptions } from '../target/target.ts';
import type { CopyDestination } from './copy-graph.ts';
import { markSide } from './copy-side.ts';

/** `hidden`: what is there must not be read, or what is absent is answered so. Only a push tells. */
type Found = 'present' | 'absent' | 'hidden';

/** Artifactory answers 403 to what is absent; Harbor's policies and Xray answer 412 to what is there, and take pushes. */
export async function lookFor(
  destination: CopyDestination,
  descriptor: Descriptor,
  { signal }: OperationOptions,
): Promise<Found> {
  try {
    return (await destination.exists(descriptor, { signal })) ? 'present' : 'absent';
  } catch (error) {
    if (error instanceof OrasError && (error.code === 'DENIED' || error.code === 'WITHHELD')) return 'hidden';
    throw markSide(error, 'destination');
  }
}
