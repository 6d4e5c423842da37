import type { ReadOnlyTarget, TagLister } from 'oras-js';
import { type Mirrors, mirrorOf } from './mirrors.ts';

/** What artifacts are read from. */
export interface Source extends ReadOnlyTarget, TagLister {}

/** @param repository canonical: `docker.io/zenmldocker/zenml` */
export type OpenSource = (repository: string) => Source;

/** The same sources, read from their mirrors. */
export function mirroredSources(open: OpenSource, mirrors: Mirrors): OpenSource {
  return (repository) => open(mirrorOf(repository, mirrors));
}

/** All tags of a repository. */
export async function tagsOf(source: Source, signal: AbortSignal | undefined): Promise<string[]> {
  const tags: string[] = [];
  for await (const tag of source.tags({ signal })) tags.push(tag);
  return tags;
}
