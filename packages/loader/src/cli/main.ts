import { homedir, hostname, userInfo } from 'node:os';
import { exitCodeOf, remedyOf } from '@zenml-airgap/bundle-spec';
import { runCommand } from '@zenml-airgap/terminal';
import { defineProgram } from './define-program.ts';
import { programName } from './program-name.ts';

// No top-level await: the one-file build wraps this module in a function.
void runCommand((context) => defineProgram(context, environment()), process.argv.slice(2), {
  host: process,
  exitCodeOf,
  remedyOf,
}).then((exitCode) => {
  process.exitCode = exitCode;
});

function environment() {
  return {
    env: process.env,
    homeDirectory: homedir(),
    processId: process.pid,
    program: programName({ node: process.argv0, script: process.argv[1] ?? '', workingFolder: process.cwd() }),
    operator: `${userName()}@${hostname()}`.slice(0, 256),
  };
}

/** In containers the user often has no entry in the system's list of users. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
