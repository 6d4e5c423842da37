import { formatReference, parseReference, type Reference } from 'oras-js';

/** What runs where no tag is given. Source: distribution/reference, TagNameOnly. */
const DEFAULT_TAG = 'latest';

/** Canonical, with its tag or digest; undefined for text that is no reference. */
export function canonicalImage(image: string): string | undefined {
  const reference = referenceOf(image);
  if (reference === undefined) return undefined;
  const { tag, digest } = reference;
  return formatReference(tag === undefined && digest === undefined ? { ...reference, tag: DEFAULT_TAG } : reference);
}

/** Whether two ways of writing name the same image: `busybox` is `docker.io/library/busybox:latest`. */
export function isSameImage(one: string, other: string): boolean {
  return one === other || (canonicalImage(one) ?? one) === (canonicalImage(other) ?? other);
}

/**
 * Whether an entry of `allowMissing` speaks of `image`: the same image, or its repository, where the entry names no tag
 * (`zenmldocker/zenml-server` allows every version of it).
 */
export function isAllowedBy(entry: string, image: string): boolean {
  if (isSameImage(entry, image)) return true;
  const [allowed, found] = [referenceOf(entry), referenceOf(image)];
  if (allowed === undefined || found === undefined) return false;
  const isWholeRepository = allowed.tag === undefined && allowed.digest === undefined;
  return isWholeRepository && allowed.registry === found.registry && allowed.repository === found.repository;
}

export function referenceOf(image: string): Reference | undefined {
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}
