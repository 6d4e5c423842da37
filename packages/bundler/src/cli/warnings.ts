import type { CompleteRequest, Lock } from '@zenml-airgap/bundle-spec';
import type { Terminal } from '@zenml-airgap/terminal';
import { compatibilityOf } from '../resolve/compatibility.ts';
import { unusedMirrors } from '../resolve/mirrors.ts';
import { unusedAllowances } from '../resolve/missing-images.ts';
import type { PlanSummary } from '../resolve/plan-summary.ts';
import { repositoryOf } from '../resolve/read-locked.ts';
import { knownRepositories } from '../resolve/release-sources.ts';
import { unrenderedCharts } from '../resolve/unrendered-charts.ts';

export interface WarningContext {
  /** Whether Helm is there now; the lock says whether it was when it was made. */
  readonly helm: string | undefined;
  readonly summary?: PlanSummary;
}

/** What deserves a look and stops nothing. */
export function warningsOf(lock: Lock, request: CompleteRequest, { helm, summary }: WarningContext): string[] {
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
    ...chartWarnings(lock, helm),
    ...unusedAllowances(lock, request).map((image) => `allowMissing: no chart names ${image}`),
    ...cutDown(lock),
    ...(summary?.artifacts ?? [])
      .filter(({ zstdLayers }) => zstdLayers > 0)
      .map(
        ({ artifact }) =>
          `${artifact.name}:${artifact.tag} has layers compressed with zstd: Docker before 23 cannot load them from the bundle`,
      ),
  ];
}

function cutDown({ artifacts }: Lock): string[] {
  const names = artifacts.filter(({ original }) => original !== undefined).map(({ name, tag }) => `${name}:${tag}`);
  if (names.length === 0) return [];
  return [
    `${names.join(', ')}: cut down to some platforms, so the digest is another: signatures over the published index do not match it`,
  ];
}

/** What may be missing inside though no image is. */
function chartWarnings(lock: Lock, helm: string | undefined): string[] {
  const { withoutHelm, failed } = unrenderedCharts(lock);
  const remedy =
    helm === undefined
      ? 'install helm and resolve with --update, to have them rendered'
      : 'helm is here now: --update resolves again and renders them';
  return [
    ...(withoutHelm.length === 0
      ? []
      : [`${withoutHelm.join(', ')}: only read, without helm: images that only rendering shows were not looked for; ${remedy}`]),
    ...failed.map(
      ({ chart, reason }) =>
        `${chart}: only read, for helm cannot render it (${reason}): make sure that images has all that it runs`,
    ),
    ...lock.chartImages
      .filter(({ needsMirror }) => needsMirror === true)
      .map(
        ({ chart, image, where }) =>
          `${chart}: ${image} is carried, but no value points at it (${where[0]}): the nodes need a mirror of its registry`,
      ),
  ];
}

export function printWarnings(warnings: readonly string[], terminal: Terminal): void {
  for (const message of warnings) {
    terminal.note(`warning: ${message}`);
    terminal.record({ event: 'warning', message });
  }
}
