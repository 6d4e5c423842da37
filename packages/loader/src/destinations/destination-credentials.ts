import { AirgapError } from '@zenml-airgap/bundle-spec';
import { type CredentialProvider, dockerCredentials, firstCredential, hostCredentials } from 'oras-js';

export interface CredentialSources {
  /** Hosts of `--to` and `--charts-to`: the only ones that the given password may reach. */
  readonly hosts: readonly string[];
  /** `--username` with `--password-stdin` */
  readonly given?: { readonly username: string; readonly password: string } | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
}

/**
 * The command line's password, else the environment's, else what docker login and podman login stored.
 * @throws USAGE where half of a pair is missing
 */
export function destinationCredentials({ hosts, given, env, homeDirectory }: CredentialSources): CredentialProvider {
  const stored = dockerCredentials({ env, homeDirectory });
  if (given !== undefined) return firstCredential(hostCredentials({ hosts: [...hosts], ...given, source: '--username' }), stored);
  const username = env.REGISTRY_USERNAME ?? '';
  const password = env.REGISTRY_PASSWORD ?? '';
  if (username === '' && password === '') return stored;
  if (username === '' || password === '') {
    const missing = username === '' ? 'REGISTRY_USERNAME' : 'REGISTRY_PASSWORD';
    throw new AirgapError('USAGE', `${missing} is not set, and its other half is`, { remedy: 'Set both, or neither.' });
  }
  return firstCredential(hostCredentials({ hosts: [...hosts], username, password, source: 'REGISTRY_USERNAME' }), stored);
}
