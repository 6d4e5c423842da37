import type { Lock } from '@zenml-airgap/bundle-spec';
import { compatibilityOf } from '../resolve/compatibility.ts';

/** One line for each workspace version, with the dates that were compared. */
export function compatibilityLines(lock: Lock): string[] {
  return compatibilityOf(lock).map(({ controlPlane, workspaceServer, verdict }) => {
    const day = (created: string | null): string => created?.slice(0, 10) ?? 'date unknown';
    return (
      `Compatibility  control plane ${controlPlane.version} (${day(controlPlane.created)}) with ` +
      `workspace server ${workspaceServer.version} (${day(workspaceServer.created)}): ${verdict}`
    );
  });
}
