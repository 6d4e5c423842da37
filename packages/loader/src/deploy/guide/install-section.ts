import { DEFAULT_CA_KEY, DEFAULT_PULL_SECRET } from '@zenml-airgap/helm-chart';
import type { DeployedChart } from '../deployed-chart.ts';
import { markdownText, shellBlock } from '../markdown-text.ts';
import { type RequiredSecret, requiredSecrets } from '../required-secrets.ts';
import { shellQuote } from '../shell-quote.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';
import { helmCommand } from './helm-command.ts';
import { PULL_CONFIG } from './sign-in-section.ts';

const TITLES: Readonly<Record<DeployedChart['role'], string>> = {
  'control-plane': 'Install the control plane',
  workspace: 'Install the workspace server',
  other: 'Install',
};

/**
 * Namespace, secrets, and the chart itself. All secrets come first: the charts' pre-install jobs need them.
 * @param made the commands of the sections before, added to: charts may share a namespace, and what is there is not made again
 */
export function installSection(chart: DeployedChart, { options }: GuideContext, made: Set<string>): GuideSection {
  const namespace = shellQuote(chart.namespace);
  const pullSecret = options.pullSecret ?? DEFAULT_PULL_SECRET;
  const create = `kubectl --namespace ${namespace} create secret`;
  const secrets = requiredSecrets(chart);
  const certificates = secrets.filter(({ kind }) => kind === 'tls').map(({ name }) => certificateCommand(name, create));
  // Each in a block of its own: `read` would take a pasted next line for the answer.
  const passwords = secrets
    .filter(({ kind }) => kind === 'password')
    .map((secret) => `${shellBlock(passwordCommand(secret, create))}\n\n`);
  const caSecret =
    options.caSecret === undefined || chart.role === 'other'
      ? undefined
      : `${create} generic ${shellQuote(options.caSecret)} --from-file=${DEFAULT_CA_KEY}=${shellQuote(options.caFile ?? 'REPLACE_ME_CA_FILE.crt')}`;
  const commands = [
    `kubectl create namespace ${namespace}`,
    `${create} generic ${shellQuote(pullSecret)} --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=${PULL_CONFIG}`,
    caSecret,
    ...certificates,
  ].filter((command) => command !== undefined && !made.has(command));
  for (const command of commands) if (command !== undefined) made.add(command);
  const preparation = commands.length === 0 ? '' : `${shellBlock(...commands)}\n\n`;
  return {
    title: `${TITLES[chart.role]}: ${markdownText(`${chart.chart.name} ${chart.chart.version}`)}`,
    text: `${preparation}${passwords.join('')}${shellBlock(helmCommand('install', chart, options))}${chart.role === 'control-plane' ? adminPassword(chart) : ''}`,
  };
}

function certificateCommand(name: string, create: string): string {
  return `${create} tls ${shellQuote(name)} --cert=REPLACE_ME_CERTIFICATE.crt --key=REPLACE_ME_CERTIFICATE.key`;
}

/** `printf` is part of the shell: what it is given appears in no list of processes. */
function passwordCommand({ name, key, what }: RequiredSecret, create: string): string {
  const from = `--from-file=${shellQuote(key)}=/dev/stdin`;
  return `read -rsp ${shellQuote(`${what}: `)} SECRET && printf '%s' "$SECRET" | ${create} generic ${shellQuote(name)} ${from}; unset SECRET`;
}

/** Source: the documentation's control plane page; the chart's own secret has the password that it made up. */
function adminPassword({ namespace, release }: DeployedChart): string {
  const read = `kubectl --namespace ${shellQuote(namespace)} get secret ${shellQuote(release)} --output jsonpath='{.data.ZENML_CLOUD_ADMIN_PASSWORD}' | base64 --decode`;
  return `

The first admin's password, to be changed after the first sign-in:

${shellBlock(read)}`;
}
