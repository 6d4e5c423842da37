import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { PlannedReference } from './decide.ts';

/** All references in conflict, as one error: what is there, and what the bundle has. Undefined where there are none. */
export function conflictError(references: readonly PlannedReference[], when: 'before' | 'late'): AirgapError | undefined {
  const conflicts = references.filter((reference) => reference.action === 'conflict');
  if (conflicts.length === 0) return undefined;
  const width = Math.max(...conflicts.map(({ retagged }) => retagged.reference.length));
  const problems = conflicts.map(({ retagged, found }) => {
    const there =
      found.state === 'different' ? found.digest : found.state === 'withheld' ? `withheld (${found.policy})` : found.state;
    return `${retagged.reference.padEnd(width)}  there: ${there}  in the bundle: ${retagged.artifact.root.digest}`;
  });
  const onlyWithheld = conflicts.every(({ found }) => found.state === 'withheld');
  const count = conflicts.length === 1 ? '1 reference' : `${conflicts.length} references`;
  const since = when === 'late' ? ' since this load began' : '';
  return onlyWithheld
    ? new AirgapError(
        'TAG_WITHHELD',
        `${count} at the destination exist${conflicts.length === 1 ? 's' : ''}, and a policy hides what is there; nothing was tagged`,
        {
          problems,
          remedy:
            'If an earlier load put it there, give its receipt with --receipt. Else --on-conflict overwrite replaces it, --on-conflict skip leaves it as it is.',
        },
      )
    : new AirgapError(
        'CONFLICT',
        `${count} at the destination ${conflicts.length === 1 ? 'has' : 'have'} other content${since}; nothing was ${when === 'late' ? 'tagged' : 'pushed'}`,
        {
          problems,
          remedy:
            '--on-conflict overwrite replaces them, --on-conflict skip leaves them as they are; --to loads under another path.',
        },
      );
}
