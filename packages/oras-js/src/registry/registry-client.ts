import type { CredentialProvider } from '../auth/credential.ts';
import { DOCKER_HUB, isDockerHub } from '../content/docker-hub.ts';
import { escapeControl } from '../content/escape-control.ts';
import { isRegistry, isRepositoryName } from '../content/reference.ts';
import { OrasError } from '../error.ts';
import type { OperationOptions } from '../target/target.ts';
import type { HostCertificatesProvider } from './host-certificates.ts';
import { ManifestCache } from './manifest-cache.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import { RegistryHost } from './registry-host.ts';
import { Repository } from './repository.ts';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts';
import type { Timeouts } from './send-request.ts';
import { Transport } from './transport.ts';

export interface RegistryClientOptions {
  /** Default: anonymous everywhere. */
  readonly credentials?: CredentialProvider | undefined;
  /** PEM texts of certificate authorities that are trusted beside the system's and Node's. */
  readonly ca?: readonly string[] | undefined;
  /** Authorities and client certificates of single hosts, such as `dockerCertificates`. Default: none. */
  readonly clientCertificates?: HostCertificatesProvider | undefined;
  /** Registries that do not speak TLS are allowed. Loopback hosts always are. Where TLS is spoken, it is used. */
  readonly plainHttp?: boolean | undefined;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read from. Default: no proxies. Loopback hosts are never proxied. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly userAgent?: string | undefined;
  /** Default: as many as there are operations at once. */
  readonly maxConnectionsPerHost?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly onEvent?: OnRegistryEvent | undefined;
}

/**
 * A client for any number of registries. Connections, tokens and what was found out about a registry are kept until `close`;
 * operations may run in parallel.
 */
export class RegistryClient implements Disposable {
  readonly #options: RegistryClientOptions;
  readonly #transport: Transport;
  readonly #cache = new ManifestCache();
  readonly #hosts = new Map<string, RegistryHost>();

  constructor(options: RegistryClientOptions = {}) {
    this.#options = options;
    this.#transport = new Transport(options);
  }

  /**
   * @param name host[:port]/path, complete: Docker Hub's are `docker.io/library/alpine`
   * @throws INVALID_REFERENCE; nothing is contacted
   */
  repository(name: string): Repository {
    const slash = name.indexOf('/');
    const registry = name.slice(0, Math.max(slash, 0));
    const path = name.slice(slash + 1);
    if (isRegistry(registry) && isRepositoryName(path)) return new Repository(this.#host(registry), path, this.#cache);
    throw new OrasError('INVALID_REFERENCE', `not a repository: ${JSON.stringify(escapeControl(name))}`, {
      remedy: 'A repository reads host/path in lower case, such as registry.example/zenml/zenml-pro-api.',
    });
  }

  /**
   * Makes sure that a registry is reached and takes the credential that there is for it: once, before anything runs in parallel.
   * @param name host[:port], or host[:port]/path where credentials differ by path
   * @throws CONNECTION_FAILED, CERTIFICATE_UNTRUSTED, UNAUTHORIZED, …
   */
  async ping(name: string, { signal }: OperationOptions = {}): Promise<void> {
    const slash = name.indexOf('/');
    const registry = slash < 0 ? name : name.slice(0, slash);
    if (!isRegistry(registry)) {
      throw new OrasError('INVALID_REFERENCE', `not a registry: ${JSON.stringify(escapeControl(name))}`, {
        remedy: 'A registry reads host or host:port, such as registry.example:5000.',
      });
    }
    await this.#host(registry).check(slash < 0 ? '' : name.slice(slash + 1), signal);
  }

  /** Ends all connections; operations under way fail. */
  close(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #host(name: string): RegistryHost {
    const registry = isDockerHub(name) ? DOCKER_HUB : name;
    const known = this.#hosts.get(registry);
    if (known) return known;
    const { credentials = async () => undefined, plainHttp = false, retry, onEvent = () => {} } = this.#options;
    const host = new RegistryHost(registry, {
      transport: this.#transport,
      credentials,
      plainHttp,
      retry: { ...DEFAULT_RETRY, ...retry },
      onEvent,
    });
    this.#hosts.set(registry, host);
    return host;
  }
}

export function createRegistryClient(options?: RegistryClientOptions): RegistryClient {
  return new RegistryClient(options);
}
