import type { CompleteRequest, Lock } from '@zenml-airgap/bundle-spec';
import type { Terminal } from '@zenml-airgap/terminal';
import { compatibilityOf } from '../resolve/compatibility.ts';
import { unusedMirrors } from '../resolve/mirrors.ts';
import { unusedAllowances } from '../resolve/missing-images.ts';
import type { PlanSummary } from '../resolve/plan-summary.ts';
import { repositoryOf } from '../resolve/read-locked.ts';
import { knownRepositories } from '../resolve/release-sources.ts';

/** What deserves a look and stops nothing. */
export function warningsOf(lock: Lock, request: CompleteRequest, summary?: PlanSummary): string[] {
  const older = compatibilityOf(lock).filter(({ verdict }) => verdict === 'control plane older');
  return [
    ...older.map(
      ({ controlPlane, workspaceServer }) =>
        `control plane ${controlPlane.version} (${controlPlane.created}) is older than workspace server ${workspaceServer.version} ` +
        `(${workspaceServer.created}): ZenML guarantees that they work together only if it is at least as new`,
    ),
    ...unusedMirrors([...lock.artifacts.map(repositoryOf), ...knownRepositories()], request.mirrors).map(
      (key) => `mirrors: nothing comes from ${key}; is it misspelt?`,
    ),
    ...unusedAllowances(lock, request).map((image) => `allowMissing: no chart names ${image}`),
    ...(summary?.artifacts ?? [])
      .filter(({ zstdLayers }) => zstdLayers > 0)
      .map(
        ({ artifact }) =>
          `${artifact.name}:${artifact.tag} has layers compressed with zstd: Docker before 23 cannot load them from the bundle`,
      ),
  ];
}

export function printWarnings(warnings: readonly string[], terminal: Terminal): void {
  for (const message of warnings) {
    terminal.note(`warning: ${message}`);
    terminal.record({ event: 'warning', message });
  }
}
