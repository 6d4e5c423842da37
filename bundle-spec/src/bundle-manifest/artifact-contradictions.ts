import { relativeReference } from '../destination-reference.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** Artifacts against each other and against the blobs they start from. */
export function artifactContradictions({ artifacts, blobs }: BundleManifest): string[] {
  const problems: string[] = [];
  const blobOf = new Map<string, (typeof blobs)[number]>(blobs.map((blob) => [blob.digest, blob]));
  const bySource = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [index, artifact] of artifacts.entries()) {
    // One source under two names is somebody's wish; two contents under one source would be a lie about one of them.
    const sameSource = bySource.get(artifact.source) ?? index;
    bySource.set(artifact.source, sameSource);
    if (artifacts[sameSource]?.root.digest !== artifact.root.digest) {
      problems.push(`artifacts[${index}]: the same source as artifacts[${sameSource}] with another root: ${artifact.source}`);
    }
    const name = relativeReference(artifact);
    const sameName = byName.get(name);
    if (sameName === undefined) byName.set(name, index);
    else problems.push(`artifacts[${index}]: the same name and tag as artifacts[${sameName}]: ${name}`);
    if (artifact.kind === 'chart' && !artifact.name.startsWith('charts/')) {
      problems.push(`artifacts[${index}].name: a chart's begins with charts/`);
    }
    for (const root of [artifact.root, ...artifact.referrers]) {
      const blob = blobOf.get(root.digest);
      if (blob === undefined) problems.push(`artifacts[${index}]: ${root.digest} is not listed as a blob`);
      else if (blob.size !== root.size || blob.mediaType !== root.mediaType) {
        problems.push(`artifacts[${index}]: ${root.digest} has another size or media type as a blob`);
      }
    }
  }
  return problems;
}
