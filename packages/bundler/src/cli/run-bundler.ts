import { exitCodeOf, remedyOf } from '@zenml-airgap/bundle-spec';
import { type CommandHost, runCommand } from '@zenml-airgap/terminal';
import { defineBundler } from './define-bundler.ts';

/** What the process gives; tests give their own. */
export interface BundlerProcess {
  readonly host: CommandHost;
  readonly env: NodeJS.ProcessEnv;
}

/** @returns the exit code */
export async function runBundler(argv: readonly string[], { host, env }: BundlerProcess): Promise<number> {
  return await runCommand((context) => defineBundler({ ...context, env }), argv, { host, exitCodeOf, remedyOf });
}
