import { AirgapError } from '@zenml-airgap/bundle-spec';
import { sourceOf, type WantedArtifact } from './wanted-artifact.ts';

/**
 * Drops what is named twice in the same words, and refuses different artifacts on one reference:
 * inside, one would overwrite the other.
 * @throws DUPLICATE_REFERENCE with all of them
 */
export function refuseDuplicates(wanted: readonly WantedArtifact[]): WantedArtifact[] {
  const byReference = new Map<string, WantedArtifact[]>();
  for (const artifact of wanted) {
    const reference = `${artifact.name}:${artifact.tag}`;
    const same = byReference.get(reference) ?? [];
    if (!same.some((other) => sourceOf(other) === sourceOf(artifact) && other.digest === artifact.digest)) same.push(artifact);
    byReference.set(reference, same);
  }
  const problems = [...byReference]
    .filter(([, artifacts]) => artifacts.length > 1)
    .map(([reference, artifacts]) => `${reference}: ${artifacts.map(describe).join(' and ')}`);
  if (problems.length > 0) {
    throw new AirgapError('DUPLICATE_REFERENCE', 'different artifacts would have the same reference inside', { problems });
  }
  return [...byReference.values()].flat();
}

function describe(artifact: WantedArtifact): string {
  return artifact.digest === undefined ? sourceOf(artifact) : `${sourceOf(artifact)}@${artifact.digest}`;
}
