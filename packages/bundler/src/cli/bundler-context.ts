import type { CommandContext } from '@zenml-airgap/terminal';

/** What every command of the bundler is given. */
export interface BundlerContext extends CommandContext {
  readonly env: NodeJS.ProcessEnv;
}
