import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/** Artifacts against each other and against the blobs they start from. */
export function artifactContradictions({ artifacts, blobs }: BundleManifest): string[] {
  const problems: string[] = [];
  const blobOf = new Map<string, (typeof blobs)[number]>(blobs.map((blob) => [blob.digest, blob]));
  const sources = new Map<string, number>();
  const names = new Map<string, number>();
  const unique = (seen: Map<string, number>, key: string, index: number, what: string): void => {
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, index);
    else problems.push(`artifacts[${index}]: the same ${what} as artifacts[${earlier}]: ${key}`);
  };
  for (const [index, artifact] of artifacts.entries()) {
    unique(sources, artifact.source, index, 'source');
    unique(names, `${artifact.name}:${artifact.tag}`, index, 'name and tag');
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
