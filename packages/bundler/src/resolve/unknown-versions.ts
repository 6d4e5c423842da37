import { AirgapError, type CompleteRequest } from '@zenml-airgap/bundle-spec';
import { nearestVersions } from './nearest-versions.ts';
import { listingRepository } from './resolve-versions.ts';
import { type OpenSource, tagsOf } from './source.ts';
import { versionsAmong } from './version-choice.ts';
import type { VersionField, WantedArtifact } from './wanted-artifact.ts';

type ReleaseArtifact = WantedArtifact & { readonly release: NonNullable<WantedArtifact['release']> };

/** Why some of ZenML's own artifacts are not there, as one UNKNOWN_VERSION: the versions, and the nearest published ones. */
export async function unknownVersions(
  absent: readonly ReleaseArtifact[],
  request: CompleteRequest,
  { open, signal }: { open: OpenSource; signal?: AbortSignal | undefined },
): Promise<AirgapError> {
  const published = async (field: VersionField): Promise<string[]> => {
    try {
      return versionsAmong(await tagsOf(open(listingRepository(request, field)), signal));
    } catch {
      // Some registries let nobody list: the message is the poorer for it, but no less true.
      return [];
    }
  };
  const problems: string[] = [];
  const byVersion = Map.groupBy(absent, ({ release }) => `${release.field}: ${release.version}`);
  for (const [place, artifacts] of byVersion) {
    const [{ release } = { release: undefined }] = artifacts;
    if (release === undefined) continue;
    const versions = await published(release.field);
    const whole = artifacts.filter(({ tag }) => tag === release.version).map(({ name }) => name);
    if (whole.length > 0) {
      problems.push(
        versions.includes(release.version)
          ? `${place} is published, but without ${whole.join(', ')}`
          : `${place} is not published (${whole.join(', ')})${nearestVersions(release.version, versions)}`,
      );
    } else {
      problems.push(`client.python: ${artifacts.map(({ name, tag }) => `${name}:${tag}`).join(', ')} not published`);
    }
  }
  return new AirgapError('UNKNOWN_VERSION', 'not all that the request asks for is published', {
    problems,
    remedy:
      'zenml-bundler versions lists the published versions. If yours is among them, the credentials may not see the private images.',
  });
}

export function isRelease(wanted: WantedArtifact): wanted is ReleaseArtifact {
  return wanted.release !== undefined;
}
