import { markdownCode, markdownTable, shellBlock } from '../markdown-text.ts';
import { PLACEHOLDER_MEANINGS } from '../placeholder-meanings.ts';
import type { GuideContext, GuideSection } from './guide-section.ts';

const IN_COMMANDS = /REPLACE_ME_[A-Z0-9_]+(?:\.[a-z]+)?/g;

/** What has to be filled in by hand, in files and in the commands of `steps`; undefined where nothing has. */
export function placeholdersSection({ charts }: GuideContext, steps: readonly GuideSection[]): GuideSection | undefined {
  const files = new Map<string, string[]>();
  for (const { valuesFile, values } of charts) {
    for (const placeholder of values.placeholders) files.set(placeholder, [...(files.get(placeholder) ?? []), valuesFile]);
  }
  if (files.size === 0) return undefined;
  const rows = [...files]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([placeholder, inFiles]) => [
      markdownCode(placeholder),
      PLACEHOLDER_MEANINGS[placeholder] ?? '',
      inFiles.map(markdownCode).join(', '),
    ]);
  const inCommands = new Set(steps.flatMap(({ text }) => text.match(IN_COMMANDS) ?? []));
  const commands =
    inCommands.size === 0 ? '' : `\n\nThe commands below have some too: ${[...inCommands].map(markdownCode).join(', ')}.`;
  return {
    title: 'Fill in the values',
    text: `${markdownTable(['placeholder', 'what it is', 'file'], rows)}${commands}

What the enrolment hands out stays open until then. This shows what is left:

${shellBlock("grep -n 'REPLACE_ME_' ./*-values.yaml || echo 'nothing left'")}`,
  };
}
