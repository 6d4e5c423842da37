import { shellBlock } from '../markdown-text.ts';
import { shellQuote } from '../shell-quote.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';

/** Where the pull secret's content is made. */
export const PULL_CONFIG = 'pull-secret/config.json';

const USERNAME = 'REPLACE_ME_REGISTRY_USERNAME';

/** Signing in, without a password on any command line; undefined where there are no charts to install. */
export function signInSection({ charts, options }: GuideContext): GuideSection | undefined {
  if (charts.length === 0) return undefined;
  const { destination, caFile, plainHttp, username = USERNAME } = options;
  const user = shellQuote(username);
  const imagesHost = hostOf(destination.images);
  const chartsHost = hostOf(destination.charts);
  const helmOptions = [
    ...(caFile === undefined ? [] : ['--ca-file', shellQuote(caFile)]),
    ...(plainHttp ? ['--plain-http'] : []),
  ];
  const helm = ['helm registry login', shellQuote(chartsHost), '--username', user, ...helmOptions].join(' ');
  return {
    title: 'Sign in to the registry',
    text: `Helm and Docker ask for the password; do not put it on a command line. A robot account that may only pull is
enough, and the right one for the pull secret. Quote its name: Harbor's have a \`$\`, as in \`'robot$zenml'\`.

${shellBlock(helm)}

The pull secret is made from a configuration file of its own, so that it holds nothing but this password. The entry
that is written first keeps Docker from putting the password into the desktop's keyring instead:

${shellBlock(
  `mkdir -p -m 700 ${folderOf(PULL_CONFIG)}`,
  `echo ${shellQuote(JSON.stringify({ auths: { [imagesHost]: {} } }))} > ${PULL_CONFIG}`,
  `docker --config ${folderOf(PULL_CONFIG)} login --username ${user} ${shellQuote(imagesHost)}`,
)}

(\`podman login --authfile ${PULL_CONFIG}\` writes the same.)`,
  };
}

function hostOf(destination: string): string {
  return destination.split('/')[0] ?? destination;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
