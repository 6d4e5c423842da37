import { AirgapError, type Destination } from '@zenml-airgap/bundle-spec';
import { createRegistryClient, type RegistryEvent } from 'oras-js';
import { destinationCredentials } from '../destinations/destination-credentials.ts';
import type { DestinationRepository, RepositoryOf } from '../destinations/destination-repository.ts';
import { hostOf } from '../destinations/parse-destination.ts';
import type { DestinationCommandOptions, RunContext } from './define-program.ts';
import { readCaFile } from './read-ca-file.ts';
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
  const given = await givenCredential(options, terminal);
  const credentials = destinationCredentials({ hosts, given, ...environment });
  const client = createRegistryClient({
    credentials,
    ca: options.caFile === undefined ? [] : await readCaFile(options.caFile),
    plainHttp: options.plainHttp === true,
    env: environment.env,
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

async function givenCredential(
  { username, passwordStdin }: DestinationCommandOptions,
  terminal: RunContext['terminal'],
): Promise<{ username: string; password: string } | undefined> {
  if (username === undefined && passwordStdin !== true) return undefined;
  if (username === undefined || passwordStdin !== true) {
    throw new AirgapError('USAGE', '--username and --password-stdin belong together', {
      remedy: 'printf %s "$PASSWORD" | zenml-loader … --username NAME --password-stdin',
    });
  }
  return { username, password: await terminal.secretFromInput() };
}
