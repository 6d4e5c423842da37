import { type CredentialProvider, dockerCredentials, firstCredential, hostCredentials, OrasError } from 'oras-js';
import type { RegistryOptions } from './common-options.ts';
import type { Terminal } from './terminal.ts';

export interface RegistryCredentialSources {
  /** The only hosts that the password of the command line or of the environment may reach. */
  readonly hosts: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
  /** Where `--password-stdin` is read from. */
  readonly terminal: Pick<Terminal, 'secretFromInput'>;
}

interface Account {
  readonly username: string;
  readonly password: string;
  readonly source: string;
}

/**
 * The command line's password, else the environment's, both for `hosts` alone; else what docker login and podman login
 * have stored. No password is ever an argument: every process of the machine can read those.
 * @throws USAGE where half of a pair is missing
 */
export async function registryCredentials(
  options: Pick<RegistryOptions, 'username' | 'passwordStdin'>,
  { hosts, env, homeDirectory, terminal }: RegistryCredentialSources,
): Promise<CredentialProvider> {
  const stored = dockerCredentials({ env, homeDirectory });
  const account = (await fromCommandLine(options, terminal)) ?? fromEnvironment(env);
  return account === undefined ? stored : firstCredential(hostCredentials({ hosts, ...account }), stored);
}

async function fromCommandLine(
  { username, passwordStdin }: Pick<RegistryOptions, 'username' | 'passwordStdin'>,
  terminal: Pick<Terminal, 'secretFromInput'>,
): Promise<Account | undefined> {
  if (username === undefined && passwordStdin !== true) return undefined;
  if (username === undefined || passwordStdin !== true) {
    throw new OrasError('USAGE', '--username and --password-stdin belong together', {
      remedy: 'printf %s "$PASSWORD" | … --username NAME --password-stdin',
    });
  }
  const password = await terminal.secretFromInput();
  if (password === '') {
    throw new OrasError('USAGE', '--password-stdin was given, and standard input is empty', {
      remedy: 'printf %s "$PASSWORD" | … --username NAME --password-stdin',
    });
  }
  return { username, password, source: '--username' };
}

function fromEnvironment(env: NodeJS.ProcessEnv): Account | undefined {
  const username = env.REGISTRY_USERNAME ?? '';
  const password = env.REGISTRY_PASSWORD ?? '';
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') {
    const missing = username === '' ? 'REGISTRY_USERNAME' : 'REGISTRY_PASSWORD';
    throw new OrasError('USAGE', `${missing} is not set, and its other half is`, {
      remedy: 'Set both REGISTRY_USERNAME and REGISTRY_PASSWORD, or neither.',
    });
  }
  return { username, password, source: 'REGISTRY_USERNAME' };
}
