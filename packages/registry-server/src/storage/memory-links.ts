import type { LinkKind, LinkStore } from './link-store.ts';

export function memoryLinks(): LinkStore {
  const repositories = new Map<string, Map<string, string>>();
  const keyOf = (kind: LinkKind, name: string) => `${kind} ${name}`;
  return {
    async get(repository, kind, name) {
      return repositories.get(repository)?.get(keyOf(kind, name));
    },
    async set(repository, kind, name, text) {
      const links = repositories.get(repository) ?? new Map<string, string>();
      repositories.set(repository, links.set(keyOf(kind, name), text));
    },
    async remove(repository, kind, name) {
      return repositories.get(repository)?.delete(keyOf(kind, name)) ?? false;
    },
    async names(repository, kind) {
      const prefix = keyOf(kind, '');
      const keys = [...(repositories.get(repository)?.keys() ?? [])];
      return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
    async has(repository) {
      return repositories.has(repository);
    },
    async repositories() {
      return [...repositories.keys()];
    },
  };
}
