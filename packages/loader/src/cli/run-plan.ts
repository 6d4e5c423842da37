import { formatBytes, registryNotes, type Terminal } from '@zenml-airgap/terminal';
import { conflictError } from '../push/conflict-error.ts';
import type { ReferenceState } from '../push/observe-reference.ts';
import { estimateTransfer } from '../push/placement.ts';
import type { LoadPlan } from '../push/plan-load.ts';
import { counted } from './counted.ts';
import type { PlanOptions, RunContext } from './define-program.ts';
import { prepareLoad } from './prepare-load.ts';

/** Shows what load would do. Ends with the same CONFLICT as load would, so that scripts can ask beforehand. */
export async function runPlan(path: string, options: PlanOptions, run: RunContext): Promise<void> {
  const { terminal } = run;
  await using prepared = await prepareLoad(path, options, { onEvent: () => {}, onRegistryEvent: registryNotes(terminal) }, run);
  showPlan(prepared.plan, terminal);
  const conflict = conflictError(prepared.plan.references, 'before');
  if (conflict !== undefined) throw conflict;
}

function showPlan({ references, placements }: LoadPlan, terminal: Terminal): void {
  for (const { retagged, found, action } of references) {
    terminal.record({
      event: 'reference',
      reference: retagged.reference,
      kind: retagged.artifact.kind,
      source: retagged.artifact.source,
      digest: retagged.artifact.root.digest,
      state: found.state,
      action,
      ...(found.state === 'different' ? { there: found.digest } : {}),
      ...(found.state === 'withheld' ? { policy: found.policy } : {}),
    });
  }
  terminal.table(
    [{ title: 'REFERENCE' }, { title: 'DIGEST' }, { title: 'THERE' }, { title: 'LOAD WOULD' }],
    references.map(({ retagged, found, action }) => [
      retagged.reference,
      retagged.artifact.root.digest,
      describeState(found),
      { tag: 'push it', move: 'overwrite it', keep: 'leave it', skip: 'skip it', conflict: 'stop' }[action],
    ]),
  );
  const transfer = estimateTransfer(placements);
  terminal.record({ event: 'transfer', ...transfer });
  terminal.result(
    [
      '',
      `to upload   ${counted(transfer.uploadBlobs, 'blob')}, ${formatBytes(transfer.uploadBytes)}`,
      `to mount    ${counted(transfer.mountBlobs, 'blob')}, from another repository of the same registry`,
      `there       ${counted(transfer.presentBlobs, 'blob')}, ${formatBytes(transfer.presentBytes)}`,
    ].join('\n'),
  );
}

function describeState(found: ReferenceState): string {
  switch (found.state) {
    case 'different':
      return found.digest;
    case 'withheld':
      return found.receipt === undefined ? 'withheld' : 'withheld, ours by receipt';
    default:
      return found.state;
  }
}
