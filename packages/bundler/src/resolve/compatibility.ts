import type { Lock } from '@zenml-airgap/bundle-spec';

/** Whether the control plane is at least as new as a workspace server, which is what ZenML guarantees to work. */
export interface Compatibility {
  readonly controlPlane: { readonly version: string; readonly created: string | null };
  readonly workspaceServer: { readonly version: string; readonly created: string | null };
  readonly verdict: 'compatible' | 'control plane older' | 'unknown';
}

/** Reproducible builds date themselves 1970 or 1980: that says nothing about a release. */
const EARLIEST_RELEASE = '2021-01-01T00:00:00Z';

/**
 * Judged by creation dates, for the two version numbers are not comparable. Reported, not enforced.
 * Source: ZenML's deploy-prerequisites.md ("at least as new as the Workspace Server version").
 */
export function compatibilityOf({ versions, artifacts }: Pick<Lock, 'versions' | 'artifacts'>): Compatibility[] {
  const { controlPlane } = versions;
  if (controlPlane === null) return [];
  const createdOf = (name: string, tag: string): string | null => {
    const created = artifacts.find((artifact) => artifact.name === name && artifact.tag === tag)?.created ?? null;
    return created !== null && created >= EARLIEST_RELEASE ? created : null;
  };
  const ours = { version: controlPlane, created: createdOf('zenml-pro-api', controlPlane) };
  return versions.workspaceServer.map((version) => {
    const theirs = { version, created: createdOf('zenml-pro-server', version) };
    return { controlPlane: ours, workspaceServer: theirs, verdict: verdictOf(ours.created, theirs.created) };
  });
}

function verdictOf(ours: string | null, theirs: string | null): Compatibility['verdict'] {
  if (ours === null || theirs === null) return 'unknown';
  // Both are released on one day at times: hours say nothing.
  return ours.slice(0, 10) >= theirs.slice(0, 10) ? 'compatible' : 'control plane older';
}
