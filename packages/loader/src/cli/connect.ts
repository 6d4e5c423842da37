import type { Destination } from '@zenml-airgap/bundle-spec';
import { readCaFile, registryCredentials } from '@zenml-airgap/terminal';
import { certificateFolders, createRegistryClient, dockerCertificates, type RegistryEvent } from 'oras-js';
import type { DestinationRepository, RepositoryOf } from '../destinations/destination-repository.ts';
import { hostOf } from '../destinations/parse-destination.ts';
import type { DestinationCommandOptions, RunContext } from './define-program.ts';
import { VERSION } from './version.ts';

export interface Connection extends Disposable {
  readonly repositoryOf: RepositoryOf;
}

export interface ConnectOptions {
  readonly destination: Destination;
  readonly onEvent: (event: RegistryEvent) => void;
}

/**
 * A client for the destination, its hosts and the password tried once, one after the other: registries lock accounts
 * that fail many times at once.
 */
export async function connect(
  options: DestinationCommandOptions,
  { destination, onEvent }: ConnectOptions,
  { environment, terminal, signal }: RunContext,
): Promise<Connection> {
  const hosts = [...new Set([destination.images, destination.charts].map(hostOf))];
  const { env, homeDirectory } = environment;
  const client = createRegistryClient({
    credentials: await registryCredentials(options, { hosts, env, homeDirectory, terminal }),
    ca: options.caFile === undefined ? [] : await readCaFile(options.caFile),
    clientCertificates: dockerCertificates({ folders: certificateFolders(homeDirectory) }),
    plainHttp: options.plainHttp === true,
    env,
    userAgent: `zenml-loader/${VERSION}`,
    onEvent,
  });
  try {
    // With the path: credentials may differ by it.
    for (const place of new Set([destination.images, destination.charts])) await client.ping(place, { signal });
  } catch (error) {
    client.close();
    throw error;
  }
  const repositories = new Map<string, DestinationRepository>();
  return {
    repositoryOf: (name) => {
      const repository = repositories.get(name) ?? client.repository(name);
      repositories.set(name, repository);
      return repository;
    },
    [Symbol.dispose]: () => client.close(),
  };
}
