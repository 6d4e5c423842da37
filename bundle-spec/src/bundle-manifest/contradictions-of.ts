import { MAX_PROBLEMS } from '../problems/parse-json.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';
import { artifactContradictions } from './artifact-contradictions.ts';
import { blobContradictions } from './blob-contradictions.ts';
import { fileContradictions } from './file-contradictions.ts';
import { sizeContradictions } from './size-contradictions.ts';

/**
 * All in which a manifest of the right shape contradicts itself (SPEC.md, "Bundle manifest": the rules are numbered there).
 * Linear in the manifest's size.
 */
export function contradictionsOf(manifest: BundleManifest): string[] {
  return [
    ...instantContradictions(manifest),
    ...artifactContradictions(manifest),
    ...blobContradictions(manifest),
    ...fileContradictions(manifest),
    ...sizeContradictions(manifest),
  ].slice(0, MAX_PROBLEMS);
}

function instantContradictions({ created, artifacts }: BundleManifest): string[] {
  const problems = isInstant(created) ? [] : ['created: no such day or time, or before 1970'];
  for (const [index, artifact] of artifacts.entries()) {
    if (artifact.created !== null && Number.isNaN(Date.parse(artifact.created))) {
      problems.push(`artifacts[${index}].created: no such day or time`);
    }
  }
  return problems;
}

/** `created` is the time in every tar header, which counts from 1970. `Date.parse` would read 02-30 as 03-02. */
function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return time >= 0 && new Date(time).toISOString() === text.replace('Z', '.000Z');
}
