import { homedir } from 'node:os';
import { AirgapError, type CompleteRequest } from '@zenml-airgap/bundle-spec';
import { type RegistryOptions, registryNotes } from '@zenml-airgap/terminal';
import {
  type CredentialProvider,
  createRegistryClient,
  dockerCredentials,
  firstCredential,
  hostCredentials,
  type Repository,
} from 'oras-js';
import { mirrorOf } from '../resolve/mirrors.ts';
import { privateRepositories } from '../resolve/release-sources.ts';
import { SmallContents } from '../resolve/small-contents.ts';
import { mirroredSources, type OpenSource } from '../resolve/source.ts';
import type { BundlerContext } from './bundler-context.ts';
import { readCaFile } from './read-ca-file.ts';
import { TOOL } from './tool.ts';

export interface RegistryAccess extends Disposable {
  /** After mirrors, remembering what is small: for resolving and planning. */
  readonly open: OpenSource;
  /** The same, remembering nothing: for layers. */
  readonly openLayers: OpenSource;
  readonly small: SmallContents;
  /**
   * Tries hosts and password of the private images once each, before many requests do: registries lock accounts
   * that fail many times at once.
   */
  greet(): Promise<void>;
}

/** Registries as the command line, the environment and the request's mirrors say. */
export async function openRegistries(
  options: RegistryOptions,
  request: Pick<CompleteRequest, 'scenario' | 'source' | 'mirrors'>,
  context: BundlerContext,
): Promise<RegistryAccess> {
  const { env, signal } = context;
  const { mirrors } = request;
  // One password is meant for the private images alone: no other host ever sees it (DESIGN §9).
  const hosts = [...new Set(privateRepositories(request).map((repository) => hostOf(mirrorOf(repository, mirrors))))];
  const own = await ownCredential(options, hosts, context);
  const stored = dockerCredentials({ env, homeDirectory: env.HOME ?? homedir() });
  const client = createRegistryClient({
    credentials: own === undefined ? stored : firstCredential(own, stored),
    ca: options.caFile === undefined ? [] : await readCaFile(options.caFile),
    plainHttp: options.plainHttp === true,
    env,
    userAgent: `${TOOL.name}/${TOOL.version}`,
    onEvent: registryNotes(context.terminal),
  });
  const small = new SmallContents();
  const repositories = new Map<string, Repository>();
  const mirrored = mirroredSources((name) => {
    const repository = repositories.get(name) ?? client.repository(name);
    repositories.set(name, repository);
    return repository;
  }, mirrors);
  return {
    small,
    open: (repository) => small.remember(mirrored(repository)),
    openLayers: mirrored,
    greet: async () => {
      for (const host of hosts) await client.ping(host, { signal });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

async function ownCredential(
  { username, passwordStdin }: RegistryOptions,
  hosts: readonly string[],
  { env, terminal }: BundlerContext,
): Promise<CredentialProvider | undefined> {
  if ((username !== undefined) !== (passwordStdin === true)) {
    throw new AirgapError('USAGE', '--username and --password-stdin belong together', {
      remedy: `printf %s "$PASSWORD" | ${TOOL.name} … --username NAME --password-stdin`,
    });
  }
  if (username !== undefined) {
    return hostCredentials({ hosts, username, password: await terminal.secretFromInput(), source: '--password-stdin' });
  }
  const name = env.REGISTRY_USERNAME;
  const password = env.REGISTRY_PASSWORD;
  if (!name && !password) return undefined;
  if (!name || !password) {
    throw new AirgapError('USAGE', `${name ? 'REGISTRY_USERNAME' : 'REGISTRY_PASSWORD'} is set without the other`, {
      remedy: 'Set both REGISTRY_USERNAME and REGISTRY_PASSWORD, or neither.',
    });
  }
  return hostCredentials({ hosts, username: name, password, source: 'REGISTRY_USERNAME' });
}

function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}
