import { ERROR_CATALOGUE, EXIT_CODE_MEANINGS, ExitCode } from '@zenml-airgap/bundle-spec';

const HEAD = `# Errors

Generated from \`ERROR_CATALOGUE\` in \`src/errors\` by \`npm run generate\`; do not edit.

An error has a **code**, a **message** (what and where), a **remedy** (what to do), and where there is one a cause. Scripts
look at the code (\`--json\` prints it) or at the exit code, never at the text. All problems of one kind are reported together.
`;

/** ERRORS.md: the exit codes, and under each its error codes. */
export function errorsPage(): string {
  const exitCodes = Object.values(ExitCode);
  const overview = [
    '## Exit codes',
    '',
    '| Exit code | Meaning |',
    '|---|---|',
    ...exitCodes.map((code) => `| ${code} | ${EXIT_CODE_MEANINGS[code]} |`),
  ];
  const sections = exitCodes.flatMap((exitCode) => {
    const rows = Object.entries(ERROR_CATALOGUE)
      .filter(([, entry]) => entry.exitCode === exitCode)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { meaning, remedy }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(remedy)} |`);
    if (rows.length === 0) return [];
    return [
      '',
      `## Exit code ${exitCode}: ${EXIT_CODE_MEANINGS[exitCode]}`,
      '',
      '| Code | Meaning | Remedy |',
      '|---|---|---|',
      ...rows,
    ];
  });
  return `${[HEAD, ...overview, ...sections].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
