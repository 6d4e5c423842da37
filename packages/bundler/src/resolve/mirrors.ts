/** `from` → `to`, both `host[:port][/path]`: pull from there instead. */
export type Mirrors = Readonly<Record<string, string>>;

/** Docker Hub's own names, as `parseReference` folds them. */
const DOCKER_HUB_NAMES = ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Where `repository` is read from: the longest key that is its host, or its host and first path segments, decides. */
export function mirrorOf(repository: string, mirrors: Mirrors): string {
  const key = mirrorKey(repository, mirrors);
  if (key === undefined) return repository;
  return trimSlash(mirrors[key] ?? '') + repository.slice(canonicalKey(key).length);
}

/** Keys that none of `repositories` uses: most likely misspelt. */
export function unusedMirrors(repositories: readonly string[], mirrors: Mirrors): string[] {
  const used = new Set(repositories.map((repository) => mirrorKey(repository, mirrors)));
  return Object.keys(mirrors).filter((key) => !used.has(key));
}

function mirrorKey(repository: string, mirrors: Mirrors): string | undefined {
  return Object.keys(mirrors)
    .filter((key) => `${repository}/`.startsWith(`${canonicalKey(key)}/`))
    .sort((left, right) => canonicalKey(right).length - canonicalKey(left).length)[0];
}

function canonicalKey(key: string): string {
  const [host = '', ...path] = trimSlash(key).split('/');
  return [DOCKER_HUB_NAMES.includes(host) ? 'docker.io' : host, ...path].join('/');
}

function trimSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
