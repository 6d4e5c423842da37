import { shellBlock } from '../markdown-text.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';
import { helmCommand } from './helm-command.ts';

/** Later releases. */
export function upgradeSection({ charts, options }: GuideContext): GuideSection {
  const commands = charts.map((chart) => helmCommand('upgrade', chart, options));
  return {
    title: 'Upgrades',
    text: `Load the new bundle, write its values with \`zenml-loader values\` into a new folder, and carry over what you filled in:
above all the encryption key. Back up the databases, the values files and the certificates before. The control plane comes
first, then the workspaces: it has to be at least as new as they are. Give \`--values\` each time and not \`--reuse-values\`,
which would keep the old images' tags. Back: \`helm rollback\`, and the database from its backup.

${shellBlock(...commands)}

When all is installed, the pull secret's file is of no more use: ${'`rm -r pull-secret`'}.`,
  };
}
