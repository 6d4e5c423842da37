import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import { OrasError } from 'oras-js';
import { gather } from './gather.ts';
import { type ResolvedArtifact, resolveArtifact } from './resolve-artifact.ts';
import type { ResolveOptions } from './resolve-versions.ts';
import type { OpenSource } from './source.ts';
import { isRelease, unknownVersions } from './unknown-versions.ts';
import { sourceOf, type WantedArtifact } from './wanted-artifact.ts';

/**
 * Pins all of `wanted`, in a stable order: images before charts, by name, then tag.
 * @throws UNKNOWN_VERSION, or what the registries threw, for all of them together
 */
export async function resolveArtifacts(
  wanted: readonly WantedArtifact[],
  request: CompleteRequest,
  { open, ...options }: ResolveOptions & { open: OpenSource },
): Promise<ResolvedArtifact[]> {
  const outcomes = await gather(
    wanted,
    async (artifact) => {
      try {
        return await resolveArtifact(artifact, open(artifact.repository), { ...options, platforms: request.platforms });
      } catch (error) {
        if (isRelease(artifact) && error instanceof OrasError && error.code === 'NOT_FOUND') return { absent: artifact };
        throw error;
      }
    },
    { ...options, subject: sourceOf, failed: 'artifacts could not be read' },
  );
  const absent = outcomes.flatMap((outcome) => ('absent' in outcome ? [outcome.absent] : []));
  if (absent.length > 0) throw await unknownVersions(absent, request, { open, signal: options.signal });
  return outcomes.flatMap((outcome) => ('absent' in outcome ? [] : [outcome])).sort(byReference);
}

/** Code units, not a locale: the same everywhere. */
function byReference({ artifact: left }: ResolvedArtifact, { artifact: right }: ResolvedArtifact): number {
  return compare(right.kind, left.kind) || compare(left.name, right.name) || compare(left.tag, right.tag);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
