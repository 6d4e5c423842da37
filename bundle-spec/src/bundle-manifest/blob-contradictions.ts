import { digestAlgorithm, isManifestType } from 'oras-js';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';
import { hasCycle, ownershipContradictions } from './ownership-contradictions.ts';

/** Order, digests, and the graph: who names whom, and which artifacts need what. */
export function blobContradictions(manifest: BundleManifest): string[] {
  const { artifacts, blobs } = manifest;
  const problems: string[] = [];
  const position = new Map<string, number>(blobs.map((blob, index) => [blob.digest, index]));
  for (const [index, blob] of blobs.entries()) {
    const at = `blobs[${index}]`;
    const previous = blobs[index - 1];
    if (previous !== undefined && previous.digest >= blob.digest)
      problems.push(`${at}: blobs are not in the order of their digests, each once`);
    if (digestAlgorithm(blob.digest) !== 'sha256') problems.push(`${at}.digest: format 1.0 carries sha256 only`);
    if (isManifestType(blob.mediaType) !== (blob.children !== undefined))
      problems.push(`${at}.children: manifests have it, and nothing else`);
    if (!isAscending(blob.artifacts)) problems.push(`${at}.artifacts: not in ascending order, each once`);
    if (blob.artifacts.some((artifact) => artifact >= artifacts.length))
      problems.push(`${at}.artifacts: there is no such artifact`);
    for (const child of blob.children ?? []) {
      if (!position.has(child)) problems.push(`${at}.children: ${child} is not listed as a blob`);
    }
  }
  if (problems.length > 0) return problems;
  if (hasCycle(blobs, position)) return ['blobs: a manifest names itself, over others or directly'];
  return ownershipContradictions(manifest, position);
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? -1));
}
