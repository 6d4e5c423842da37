import { homedir } from 'node:os';
import type { CompleteRequest } from '@zenml-airgap/bundle-spec';
import { type RegistryOptions, readCaFile, registryCredentials, registryNotes } from '@zenml-airgap/terminal';
import { certificateFolders, createRegistryClient, dockerCertificates, type Repository } from 'oras-js';
import { limitedSources } from '../resolve/limited-sources.ts';
import { mirrorOf } from '../resolve/mirrors.ts';
import { privateRepositories } from '../resolve/release-sources.ts';
import { SmallContents } from '../resolve/small-contents.ts';
import { mirroredSources, type OpenSource } from '../resolve/source.ts';
import type { BundlerContext } from './bundler-context.ts';
import { TOOL } from './tool.ts';

export interface RegistryAccess extends Disposable {
  /** After mirrors, remembering what is small: for resolving and planning. */
  readonly open: OpenSource;
  /** The same, remembering nothing: for layers. */
  readonly openLayers: OpenSource;
  readonly small: SmallContents;
  /**
   * Tries hosts and credentials of the private images once each, before many requests do: registries lock accounts
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
  const privates = [...new Set(privateRepositories(request).map((repository) => mirrorOf(repository, mirrors)))];
  const hosts = [...new Set(privates.map(hostOf))];
  const homeDirectory = env.HOME ?? homedir();
  const client = createRegistryClient({
    credentials: await registryCredentials(options, { hosts, env, homeDirectory, terminal: context.terminal }),
    ca: options.caFile === undefined ? [] : await readCaFile(options.caFile),
    clientCertificates: dockerCertificates({ folders: certificateFolders(homeDirectory) }),
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
  const { concurrency } = options;
  // Below what is remembered: that asks nobody.
  const metadata = concurrency === undefined ? mirrored : limitedSources(mirrored, concurrency);
  return {
    small,
    open: (repository) => small.remember(metadata(repository)),
    openLayers: mirrored,
    greet: async () => {
      // With the path: credentials may differ by it, and a stale one for the host alone is no reason to stop.
      for (const repository of privates) await client.ping(repository, { signal });
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function hostOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}
