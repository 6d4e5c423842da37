import { pullScope } from '../auth/scopes.ts';
import { isTag } from '../content/reference.ts';
import type { OperationOptions } from '../target/target.ts';
import type { BlobPlace } from './fetch-blob.ts';
import { nextPage } from './next-page.ts';
import { readBody } from './read-body.ts';
import { RegistryError } from './registry-error.ts';

/** ECR refuses more. */
const PAGE_SIZE = 1000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 10_000;

/**
 * All tags of a repository, page by page.
 * @throws NOT_FOUND, INVALID_RESPONSE, TOO_LARGE, …
 */
export async function* listTags({ host, repository }: BlobPlace, { signal }: OperationOptions): AsyncIterable<string> {
  let target: string | URL = `${repository}/tags/list?n=${PAGE_SIZE}`;
  const seen = new Set<string>();
  const where = `${host.name}/${repository}`;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const call = {
      what: 'list tags',
      where,
      method: 'GET',
      target,
      repository,
      scopes: [pullScope(repository)],
      accept: [200],
      signal,
    };
    const { tags, next } = await host.retry(signal, async () => {
      const response = await host.requestOnce(call);
      const tags = readTags(await readBody(response, { maxBytes: MAX_PAGE_BYTES, signal }), where);
      return { tags, next: nextPage(response, 'list of tags', where) };
    });
    yield* tags;
    if (next === undefined || seen.has(next.href)) return;
    seen.add(next.href);
    target = next;
  }
  throw new RegistryError('TOO_LARGE', `${where}: the list of tags does not end after ${MAX_PAGES} pages`);
}

/** Nexus lists null and '', Artifactory digests: what is no tag is left out. */
function readTags(body: Uint8Array, where: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {}
  const tags = typeof value === 'object' && value !== null && 'tags' in value ? value.tags : undefined;
  if (tags === null) return [];
  if (Array.isArray(tags)) return tags.filter((tag) => typeof tag === 'string' && isTag(tag));
  throw new RegistryError('INVALID_RESPONSE', `${where}: the registry's list of tags is not one`);
}
