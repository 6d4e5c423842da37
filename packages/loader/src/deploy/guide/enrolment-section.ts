import type { DeployedChart } from '../deployed-chart.ts';
import { markdownCode } from '../markdown-text.ts';
import { requiredSecrets } from '../required-secrets.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';

/** Between the control plane and the workspaces: what the second needs only the first can hand out. */
export function enrolmentSection({ manifest }: GuideContext, workspaces: readonly DeployedChart[]): GuideSection {
  const where =
    manifest.scenario === 'hybrid'
      ? 'At the control plane that the workspaces belong to'
      : 'Once the control plane runs, sign in at its address as admin, create an organization, and in it';
  const files = workspaces.map(({ valuesFile }) => markdownCode(valuesFile)).join(', ');
  const bySecret = workspaces.filter((chart) => requiredSecrets(chart).some(({ what }) => what === 'enrolment key'));
  const key =
    bySecret.length === 0
      ? 'The enrolment key goes into the file too: these charts take it in no other way, so keep the file safe.'
      : `Of ${bySecret.map(({ valuesFile }) => markdownCode(valuesFile)).join(', ')} the enrolment key is a secret: the install's steps ask for it.`;
  return {
    title: 'Enrol the workspaces',
    text: `${where}
enrol a workspace for each workspace server. This gives the organization's ID and name, the workspace's ID and name, and an enrolment key: fill them into
${files}. ${key}

A workspace that was given no key, or another one, starts, and the control plane does not know it.
One more workspace of the same version: a copy of its values file, and a namespace and a database of its own.`,
  };
}
