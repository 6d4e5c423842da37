import { join } from 'node:path';
import { mustRun, type ProgramResult, runProgram } from '../../fixtures/run-program.ts';
import type { Login } from './docker-registry.ts';

export interface HelmClient {
  readonly env: NodeJS.ProcessEnv;
  run(args: readonly string[]): Promise<string>;
  tryRun(args: readonly string[]): Promise<ProgramResult>;
  login(host: string, login: Login, caFile: string): Promise<void>;
}

/** Helm with its configuration, cache and logins in `folder`. */
export function helmClient(folder: string): HelmClient {
  const env = {
    ...process.env,
    HELM_CONFIG_HOME: join(folder, 'config'),
    HELM_CACHE_HOME: join(folder, 'cache'),
    HELM_DATA_HOME: join(folder, 'data'),
    HELM_REGISTRY_CONFIG: join(folder, 'registry.json'),
  };
  return {
    env,
    run: (args) => mustRun('helm', args, { env }),
    tryRun: (args) => runProgram('helm', args, { env }),
    async login(host, { username, password }, caFile) {
      const args = ['registry', 'login', host, '--ca-file', caFile, '--username', username, '--password-stdin'];
      await mustRun('helm', args, { env, input: password });
    },
  };
}
