/** What a repository has: the names in it, each with a short text. */
export interface LinkStore {
  get(repository: string, kind: LinkKind, name: string): Promise<string | undefined>;
  set(repository: string, kind: LinkKind, name: string, text: string): Promise<void>;
  /** @returns whether it was there */
  remove(repository: string, kind: LinkKind, name: string): Promise<boolean>;
  names(repository: string, kind: LinkKind): Promise<string[]>;
  has(repository: string): Promise<boolean>;
  repositories(): Promise<string[]>;
}

/**
 * `blobs`: digest → nothing. `manifests`: digest → media type. `tags`: tag → digest.
 * `referrers`: subject's digest, a dot, digest → descriptor as JSON.
 */
export type LinkKind = 'blobs' | 'manifests' | 'tags' | 'referrers';
