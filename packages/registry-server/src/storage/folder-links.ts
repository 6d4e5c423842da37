import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreAbsent } from './folder-blobs.ts';
import type { LinkKind, LinkStore } from './link-store.ts';

/**
 * `repositories/<name>/_<kind>/<name of the link>`, a small file each. No part of a repository's name begins with an
 * underscore, so `zenml` and `zenml/api` do not meet; a digest's colon, which Windows does not like, is a dash.
 */
export function folderLinks(folder: string): LinkStore {
  const root = join(folder, 'repositories');
  const uploads = join(folder, 'uploads');
  const folderOf = (repository: string, kind: LinkKind) => join(root, ...repository.split('/'), `_${kind}`);
  const pathOf = (repository: string, kind: LinkKind, name: string) =>
    join(folderOf(repository, kind), name.replaceAll(':', '-'));
  const nameOf = (file: string, kind: LinkKind) => (kind === 'tags' ? file : file.replaceAll(/(?<=^|\.)(sha\d+)-/g, '$1:'));
  return {
    async get(repository, kind, name) {
      return readFile(pathOf(repository, kind, name), 'utf8').catch(ignoreAbsent);
    },
    async set(repository, kind, name, text) {
      const unfinished = join(uploads, randomUUID());
      await writeFile(unfinished, text, { flag: 'wx' });
      await mkdir(folderOf(repository, kind), { recursive: true });
      await rename(unfinished, pathOf(repository, kind, name));
    },
    async remove(repository, kind, name) {
      const removed = await rm(pathOf(repository, kind, name)).then(() => true, ignoreAbsent);
      return removed ?? false;
    },
    async names(repository, kind) {
      const files = await readdir(folderOf(repository, kind)).catch(ignoreAbsent);
      return (files ?? []).map((file) => nameOf(file, kind));
    },
    async has(repository) {
      const entries = await readdir(join(root, ...repository.split('/'))).catch(ignoreAbsent);
      return entries?.some((entry) => entry.startsWith('_')) ?? false;
    },
    repositories: () => walk(root, ''),
  };
}

async function walk(root: string, name: string): Promise<string[]> {
  const entries: Dirent[] = (await readdir(join(root, name), { withFileTypes: true }).catch(ignoreAbsent)) ?? [];
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const below = folders.filter((folder) => !folder.startsWith('_'));
  const deeper = await Promise.all(below.map((folder) => walk(root, name === '' ? folder : `${name}/${folder}`)));
  return [...(below.length < folders.length ? [name] : []), ...deeper.flat()];
}
