/** What the two programs exit with (DESIGN §10; documented in ERRORS.md). */
export const ExitCode = {
  done: 0,
  unexpected: 1,
  usage: 2,
  configuration: 3,
  permission: 4,
  network: 5,
  integrity: 6,
  trust: 7,
  conflict: 8,
  preflight: 9,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'unexpected: a defect, or a failure that has no code',
  2: 'usage: the command line is wrong',
  3: 'configuration: a file that you wrote, or what it asks for, is wrong',
  4: 'authentication or permission',
  5: 'network or registry',
  6: 'integrity: content is not what it should be',
  7: 'trust: a signature is missing, wrong, or from a key that is not trusted',
  8: 'conflict: something else is there already',
  9: 'preflight failed: it could not have worked, so it was not begun',
  130: 'interrupted',
};
