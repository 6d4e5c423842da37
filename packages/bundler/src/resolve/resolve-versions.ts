import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import { gather } from './gather.ts';
import type { ReleaseVersions } from './release-artifacts.ts';
import { CHART_REPOSITORIES, privateRepository } from './release-sources.ts';
import { type OpenSource, tagsOf } from './source.ts';
import { chooseVersion, readVersion, versionsAmong } from './version-choice.ts';
import type { VersionField } from './wanted-artifact.ts';

export interface ResolveOptions {
  readonly signal?: AbortSignal | undefined;
  readonly concurrency: number;
}

/**
 * Turns the request's versions into exact ones; only ranges and `latest` ask a registry.
 * @throws NO_COMPATIBLE_VERSION for all of them together, or what the registry threw
 */
export async function resolveVersions(
  request: CompleteRequest,
  open: OpenSource,
  options: ResolveOptions,
): Promise<ReleaseVersions> {
  const { controlPlane, workspaceServer } = request.versions;
  const asked: { readonly field: VersionField; readonly text: string }[] = [
    ...(controlPlane === null ? [] : [{ field: 'versions.controlPlane', text: controlPlane } as const]),
    ...workspaceServer.map((text) => ({ field: 'versions.workspaceServer', text }) as const),
  ];
  const listed = new Map<string, Promise<string[]>>();
  const publishedIn = (repository: string): Promise<string[]> => {
    const known = listed.get(repository) ?? tagsOf(open(repository), options.signal).then((tags) => versionsAmong(tags));
    listed.set(repository, known);
    return known;
  };
  const chosen = await gather(
    asked,
    async ({ field, text }) => {
      const choice = readVersion(text);
      if (choice.kind === 'exact') return { field, version: choice.version };
      const from = listingRepository(request, field);
      const published = await publishedIn(from);
      return { field, version: chooseVersion(text, choice.range, { place: field, from, published }) };
    },
    { ...options, subject: () => '', failed: 'versions could not be resolved' },
  );
  const of = (field: VersionField): string[] => chosen.filter((each) => each.field === field).map((each) => each.version);
  return {
    controlPlane: of('versions.controlPlane')[0] ?? null,
    workspaceServer: [...new Set(of('versions.workspaceServer'))],
  };
}

/** Whose tags are the published versions: the chart's, or the image's where no chart is carried. */
export function listingRepository({ charts, source }: CompleteRequest, field: VersionField): string {
  if (field === 'versions.controlPlane') {
    return charts.includes('zenml-pro') ? CHART_REPOSITORIES['zenml-pro'] : privateRepository('zenml-pro-api', source);
  }
  return charts.includes('zenml') ? CHART_REPOSITORIES.zenml : privateRepository('zenml-pro-server', source);
}
