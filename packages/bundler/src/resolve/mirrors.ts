import { canonicalRegistry } from 'oras-js';

/** `from` → `to`, both `host[:port][/path]`: pull from there instead. */
export type Mirrors = Readonly<Record<string, string>>;

/** Where `repository` is read from: the longest key that is its host, or its host and first path segments, decides. */
export function mirrorOf(repository: string, mirrors: Mirrors): string {
  const key = mirrorKey(repository, mirrors);
  if (key === undefined) return repository;
  return trimSlash(mirrors[key] ?? '') + canonicalPath(repository).slice(canonicalPath(key).length);
}

/** Keys that none of `repositories` uses: most likely misspelt. */
export function unusedMirrors(repositories: readonly string[], mirrors: Mirrors): string[] {
  const used = new Set(repositories.map((repository) => mirrorKey(repository, mirrors)));
  return Object.keys(mirrors).filter((key) => !used.has(key));
}

function mirrorKey(repository: string, mirrors: Mirrors): string | undefined {
  return Object.keys(mirrors)
    .filter((key) => `${canonicalPath(repository)}/`.startsWith(`${canonicalPath(key)}/`))
    .sort((left, right) => canonicalPath(right).length - canonicalPath(left).length)[0];
}

function canonicalPath(text: string): string {
  const [host = '', ...path] = trimSlash(text).split('/');
  return [canonicalRegistry(host), ...path].join('/');
}

function trimSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
