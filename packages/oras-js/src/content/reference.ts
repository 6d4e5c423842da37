import { OrasError } from '../error.ts';
import { type Digest, isDigest } from './digest.ts';
import { DOCKER_HUB, isDockerHub } from './docker-hub.ts';
import { escapeControl } from './escape-control.ts';

/** What Docker calls an image by: `registry/repository:tag@digest`. */
export interface Reference {
  /** host[:port]; Docker Hub is `docker.io` */
  readonly registry: string;
  /** path below the host, such as `library/alpine` */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

// Source: distribution/reference v0.6.0, regexp.go and normalize.go.
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const REGISTRY = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::([0-9]{1,5}))?$`);
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const MAX_REPOSITORY_LENGTH = 255;
const MAX_REFERENCE_LENGTH = 1024;

/** `a/b`, as distribution's reference grammar has it; no host. */
export function isRepositoryName(text: string): boolean {
  return text.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** host[:port], a name or an address. */
export function isRegistry(text: string): boolean {
  const match = text.length <= MAX_REPOSITORY_LENGTH ? REGISTRY.exec(text) : null;
  return match !== null && (match[1] === undefined || (Number(match[1]) > 0 && Number(match[1]) <= 65535));
}

/**
 * By Docker's rules: `alpine` is `docker.io/library/alpine`; the first part is a host only if it has a dot, a colon or
 * an upper-case letter, or is `localhost`. Docker Hub's other names are folded into `docker.io`. No tag is made up.
 * @throws INVALID_REFERENCE
 */
export function parseReference(text: string): Reference {
  if (text.length > MAX_REFERENCE_LENGTH) throw invalid(text, 'it is too long');
  if (text.includes('://')) throw invalid(text, 'it is a URL', 'Leave out the part up to "://".');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw invalid(text, 'what follows "@" is not a digest');
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const tagged = colon > rest.lastIndexOf('/');
  const tag = tagged ? rest.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) throw invalid(text, 'what follows ":" is not a tag');
  const name = tagged ? rest.slice(0, colon) : rest;
  // 64 hexadecimal digits alone name an image by its ID in Docker, and no repository.
  if (/^[0-9a-f]{64}$/.test(name)) throw invalid(text, 'a bare image ID is not a reference');
  const { registry, repository } = splitName(name);
  if (!isRegistry(registry)) throw invalid(text, `${JSON.stringify(escapeControl(registry))} is not a host`);
  if (!isRepositoryName(repository)) {
    const remedy = /[A-Z]/.test(repository) ? 'Repository names are lower-case.' : undefined;
    throw invalid(text, `${JSON.stringify(escapeControl(repository))} is not a repository name`, remedy);
  }
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  };
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = !isHost || isDockerHub(first) ? DOCKER_HUB : first;
  const path = isHost ? name.slice(slash + 1) : name;
  return { registry, repository: registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path };
}

/** Canonical and complete: `docker.io/zenmldocker/zenml:0.93.2`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Where a registry's API is: Docker Hub answers under another name than its references say. */
export function apiHost(registry: string): string {
  return isDockerHub(registry) ? 'registry-1.docker.io' : registry;
}

function invalid(text: string, reason: string, remedy?: string): OrasError {
  return new OrasError('INVALID_REFERENCE', `not a reference: ${JSON.stringify(escapeControl(text))}: ${reason}`, {
    remedy: remedy ?? 'A reference reads host/repository:tag, such as registry.example/zenml/zenml-pro-api:0.13.0.',
  });
}
