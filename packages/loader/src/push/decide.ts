import type { Retagged } from '../retag/retag.ts';
import type { ReferenceState } from './observe-reference.ts';

/** `--on-conflict` */
export type OnConflict = 'fail' | 'skip' | 'overwrite';

/**
 * What a load does with a reference: `tag` it, `move` it away from other content, `keep` it as it is because it is
 * right, `skip` it because the user said so; a `conflict` stops the load before anything is pushed.
 */
type Action = 'tag' | 'move' | 'keep' | 'skip' | 'conflict';

export interface PlannedReference {
  readonly retagged: Retagged;
  readonly found: ReferenceState;
  readonly action: Action;
}

export function decide(retagged: Retagged, found: ReferenceState, onConflict: OnConflict): PlannedReference {
  return { retagged, found, action: actionFor(retagged, found, onConflict) };
}

function actionFor(retagged: Retagged, found: ReferenceState, onConflict: OnConflict): Action {
  switch (found.state) {
    case 'absent':
      return 'tag';
    case 'same':
      return 'keep';
    case 'withheld':
      if (found.receipt === retagged.artifact.root.digest) return 'keep';
      return onConflictAction(onConflict);
    case 'different':
      return onConflictAction(onConflict);
    default:
      return found satisfies never;
  }
}

function onConflictAction(onConflict: OnConflict): Action {
  switch (onConflict) {
    case 'fail':
      return 'conflict';
    case 'skip':
      return 'skip';
    case 'overwrite':
      return 'move';
    default:
      return onConflict satisfies never;
  }
}
