import type { BundleManifest } from '@zenml-airgap/bundle-spec';
import type { DeployedChart } from './deployed-chart.ts';
import type { DeploymentOptions } from './deployment-options.ts';
import { enrolmentSection } from './guide/enrolment-section.ts';
import type { GuideContext } from './guide/guide-section.ts';
import { imagesSection, missingSection } from './guide/images-sections.ts';
import { installSection } from './guide/install-section.ts';
import { pipelinesSection } from './guide/pipelines-section.ts';
import { placeholdersSection } from './guide/placeholders-section.ts';
import { signInSection } from './guide/sign-in-section.ts';
import { upgradeSection } from './guide/upgrade-section.ts';

/** INSTALL.md: in the order in which things are done. Same input, same text. */
export function installGuide(manifest: BundleManifest, charts: readonly DeployedChart[], options: DeploymentOptions): string {
  const context: GuideContext = { manifest, charts, options };
  const byRole = (role: DeployedChart['role']): DeployedChart[] => charts.filter((chart) => chart.role === role);
  const workspaces = byRole('workspace');
  const made = new Set<string>();
  const steps = [
    signInSection(context),
    ...byRole('control-plane').map((chart) => installSection(chart, context, made)),
    workspaces.length === 0 ? undefined : enrolmentSection(context, workspaces),
    ...workspaces.map((chart) => installSection(chart, context, made)),
    ...byRole('other').map((chart) => installSection(chart, context, made)),
    pipelinesSection(context),
    missingSection(context),
    charts.length === 0 ? undefined : upgradeSection(context),
  ].filter((section) => section !== undefined);
  const sections = [imagesSection(context), placeholdersSection(context, steps), ...steps].filter(
    (section) => section !== undefined,
  );
  const body = sections.map(({ title, text }, index) => `## ${index + 1}. ${title}\n\n${text}\n`);
  return `${intro(context)}\n${body.join('\n')}`;
}

function intro({ manifest, charts, options: { destination } }: GuideContext): string {
  const how = charts.length === 0 ? 'The bundle carries no charts: how the images are run is up to you.' : HOW;
  return `# Installing ZenML Pro from ${destination.images}

Written by zenml-loader from the bundle of ${manifest.created}. It presumes that the bundle has been loaded
(\`zenml-loader load\`). ${how}
`;
}

const HOW = 'Run the commands with bash in this folder; they need kubectl, and Helm 3.8 or later.';
