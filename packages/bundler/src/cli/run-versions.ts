import { access } from 'node:fs/promises';
import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import type { RegistryOptions } from '@zenml-airgap/terminal';
import { gather } from '../resolve/gather.ts';
import { CHART_REPOSITORIES, type ReleaseChart } from '../resolve/release-sources.ts';
import { tagsOf } from '../resolve/source.ts';
import { versionsAmong } from '../resolve/version-choice.ts';
import type { BundlerContext } from './bundler-context.ts';
import { readRequest } from './read-request.ts';
import { openRegistries } from './registry-access.ts';
import { DEFAULT_REQUEST } from './request-options.ts';

export interface VersionsOptions extends RegistryOptions {
  readonly file?: string;
  readonly preReleases?: boolean;
  readonly all?: boolean;
}

const SHOWN = 20;
const NO_REQUEST = { scenario: 'self-hosted', source: 'gcp', mirrors: {} } as const;
const CHARTS: readonly ReleaseChart[] = ['zenml-pro', 'zenml'];

export async function runVersions(options: VersionsOptions, context: BundlerContext): Promise<void> {
  const { terminal, signal } = context;
  const request = await requestFor(options.file);
  using registries = await openRegistries(options, request ?? NO_REQUEST, context);
  const [controlPlane = [], workspaceServer = []] = await gather(
    CHARTS,
    async (chart) =>
      versionsAmong(await tagsOf(registries.open(CHART_REPOSITORIES[chart]), signal), {
        preReleases: options.preReleases ?? false,
      }),
    { concurrency: CHARTS.length, signal, subject: (chart) => `chart ${chart}`, failed: 'charts could not be read' },
  );
  const longest = Math.max(controlPlane.length, workspaceServer.length);
  const shown = options.all === true ? longest : Math.min(longest, SHOWN);
  terminal.table(
    [{ title: 'CONTROL PLANE' }, { title: 'WORKSPACE SERVER' }],
    Array.from({ length: shown }, (_, index) => [controlPlane[index] ?? '', workspaceServer[index] ?? '']),
  );
  if (longest > shown) terminal.note(`The newest ${shown}; --all lists all ${longest}.`);
  terminal.record({ event: 'versions', controlPlane, workspaceServer });
}

/** A request is used where there is one, and needed only where it was named. */
async function requestFor(file: string | undefined): Promise<CompleteRequest | undefined> {
  if (file !== undefined) return (await readRequest(file)).complete;
  try {
    await access(DEFAULT_REQUEST);
  } catch {
    return undefined;
  }
  return (await readRequest(DEFAULT_REQUEST)).complete;
}
