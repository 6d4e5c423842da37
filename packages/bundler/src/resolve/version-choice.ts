import { AirgapError } from '@zenml-airgap/bundle-spec';
import semver from 'semver';
import { nearestVersions } from './nearest-versions.ts';

/** What a version in the request asks for. */
export type VersionChoice =
  | { readonly kind: 'exact'; readonly version: string }
  | { readonly kind: 'range'; readonly range: string };

const LATEST = 'latest';

/**
 * `0.13.0`, `latest`, or a semver range. A range takes in pre-releases only where it names one (`>=0.14.0-rc1`), as
 * npm's ranges do.
 */
export function readVersion(text: string): VersionChoice {
  const exact = semver.valid(text);
  if (exact !== null) return { kind: 'exact', version: exact };
  return { kind: 'range', range: text === LATEST ? '*' : text };
}

export interface PublishedVersions {
  /** Of the request, for messages. */
  readonly place: string;
  readonly published: readonly string[];
  /** The repository whose tags they are, for messages. */
  readonly from: string;
}

/**
 * The highest published version in the range.
 * @throws NO_COMPATIBLE_VERSION
 */
export function chooseVersion(text: string, range: string, { place, published, from }: PublishedVersions): string {
  const chosen = semver.maxSatisfying(published, range);
  if (chosen !== null) return chosen;
  const nearest = nearestVersions(semver.minVersion(range)?.version ?? '0.0.0', published);
  throw new AirgapError('NO_COMPATIBLE_VERSION', `${place}: nothing in ${from} satisfies ${JSON.stringify(text)}${nearest}`);
}

/** Python variants of the client look like pre-releases to semver. */
const CLIENT_VARIANT = /-py\d/;

/** The versions among a repository's tags, newest first; whatever is no version (`latest`, `0.93.2-py3.11`) is left out. */
export function versionsAmong(tags: readonly string[], { preReleases = true }: { preReleases?: boolean } = {}): string[] {
  return tags
    .filter((tag) => semver.valid(tag) === tag && !CLIENT_VARIANT.test(tag))
    .filter((tag) => preReleases || semver.prerelease(tag) === null)
    .sort(semver.rcompare);
}
