import { completeRequest, type Lock, type Request, requestHash } from '@zenml-airgap/bundle-spec';
import { extraArtifacts } from './extra-artifacts.ts';
import { refuseDuplicates } from './refuse-duplicates.ts';
import { releaseArtifacts } from './release-artifacts.ts';
import { resolveArtifacts } from './resolve-artifacts.ts';
import { type ResolveOptions, resolveVersions } from './resolve-versions.ts';
import { scanCharts } from './scan-charts.ts';
import type { OpenSource } from './source.ts';

export interface ResolveRequestOptions extends ResolveOptions {
  readonly open: OpenSource;
  /** The lock's own date. */
  readonly now: string;
  /** Path of `helm`, where there is one: charts are rendered too then. */
  readonly helm?: string | undefined;
}

/**
 * Pins everything that can move. Fetches no image layer, but the charts, to see which images they name.
 * @returns a lock; images that it lists as missing are for the caller to refuse
 */
export async function resolveRequest(request: Request, { now, helm, ...options }: ResolveRequestOptions): Promise<Lock> {
  const complete = completeRequest(request);
  const versions = await resolveVersions(complete, options.open, options);
  const wanted = refuseDuplicates([...releaseArtifacts(complete, versions), ...extraArtifacts(complete)]);
  const resolved = await resolveArtifacts(wanted, complete, options);
  return {
    lockVersion: 1,
    requestHash: requestHash(request),
    created: now,
    versions: { controlPlane: versions.controlPlane, workspaceServer: [...versions.workspaceServer] },
    artifacts: resolved.map(({ artifact }) => artifact),
    ...(await scanCharts(resolved, complete, { ...options, helm })),
  };
}
