import { randomBytes } from 'node:crypto';
import { type CertificateAuthority, certificateAuthority } from './certificate-authority.ts';
import { type DockerRegistry, type Login, startDockerRegistry } from './docker-registry.ts';

/** The registry inside the gap: empty, with an authority and a password of its own. */
export interface InternalRegistry extends AsyncDisposable {
  readonly registry: DockerRegistry;
  readonly authority: CertificateAuthority;
  readonly login: Login;
  /** `HOST/zenml` */
  readonly prefix: string;
  /** What the loader reads its password from. */
  readonly env: NodeJS.ProcessEnv;
}

export async function startInternalRegistry(folder: string): Promise<InternalRegistry> {
  const authority = await certificateAuthority(folder, 'internal');
  const login = { username: 'loader', password: randomBytes(12).toString('hex') };
  const registry = await startDockerRegistry({ name: 'internal', folder, login, tls: await authority.issue('registry') });
  return {
    registry,
    authority,
    login,
    prefix: `${registry.host}/zenml`,
    env: loginEnvironment(login),
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
}

export function loginEnvironment({ username, password }: Login): NodeJS.ProcessEnv {
  return { REGISTRY_USERNAME: username, REGISTRY_PASSWORD: password };
}
