import { AirgapError, type CompleteRequest } from '@zenml-airgap/bundle-spec';
import pLimit from 'p-limit';
import { nearestVersions } from './nearest-versions.ts';
import { CLIENT_REPOSITORY } from './release-sources.ts';
import { listingRepository } from './resolve-versions.ts';
import { type OpenSource, tagsOf } from './source.ts';
import { versionsAmong } from './version-choice.ts';
import type { WantedArtifact } from './wanted-artifact.ts';

const LISTINGS_IN_FLIGHT = 4; // there are four repositories to list at most

type ReleaseArtifact = WantedArtifact & { readonly release: NonNullable<WantedArtifact['release']> };

export interface UnknownVersionsOptions {
  readonly open: OpenSource;
  readonly signal?: AbortSignal | undefined;
}

/** Why some of ZenML's own artifacts are not there, as one UNKNOWN_VERSION: the versions, and what is published instead. */
export async function unknownVersions(
  absent: readonly ReleaseArtifact[],
  request: CompleteRequest,
  { open, signal }: UnknownVersionsOptions,
): Promise<AirgapError> {
  const limit = pLimit(LISTINGS_IN_FLIGHT);
  const listed = new Map<string, Promise<string[]>>();
  const tags = (repository: string): Promise<string[]> => {
    // Some registries let nobody list: the message is the poorer for it, but no less true.
    const known = listed.get(repository) ?? limit(() => tagsOf(open(repository), signal).catch(() => []));
    listed.set(repository, known);
    return known;
  };
  const problemsOf = async (place: string, artifacts: readonly ReleaseArtifact[]): Promise<string[]> => {
    const [{ release } = { release: undefined }] = artifacts;
    if (release === undefined) return [];
    const names = artifacts.filter(({ tag }) => tag === release.version).map(({ name }) => name);
    if (names.length === 0) {
      const published = (await tags(CLIENT_REPOSITORY)).filter((tag) => tag.startsWith(`${release.version}-py`));
      return artifacts.map(({ tag }) => `client.python: zenml:${tag} is not published${instead(published)}`);
    }
    const published = versionsAmong(await tags(listingRepository(request, release.field)));
    return published.includes(release.version)
      ? [`${place} is published, but without ${names.join(', ')}`]
      : [`${place} is not published (${names.join(', ')})${nearestVersions(release.version, published)}`];
  };
  const places = [...Map.groupBy(absent, ({ release }) => `${release.field}: ${release.version}`)];
  const problems = (await Promise.all(places.map(([place, artifacts]) => problemsOf(place, artifacts)))).flat();
  return new AirgapError('UNKNOWN_VERSION', 'not all that the request asks for is published', {
    problems,
    remedy:
      'zenml-bundler versions lists the published versions. If yours is among them, the credentials may not see the private images.',
  });
}

export function isRelease(wanted: WantedArtifact): wanted is ReleaseArtifact {
  return wanted.release !== undefined;
}

function instead(published: readonly string[]): string {
  return published.length === 0 ? '' : `; there is ${published.toSorted().join(', ')}`;
}
