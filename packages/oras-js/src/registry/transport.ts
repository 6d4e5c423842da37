import type { Agent } from 'node:http';
import { canonicalRegistry } from '../content/docker-hub.ts';
import { hostContext, trustContext } from './certificate-authorities.ts';
import type { HostCertificates, HostCertificatesProvider } from './host-certificates.ts';
import { isLoopback } from './loopback.ts';
import { http, https } from './node-http.ts';
import { proxyEnvironment } from './proxy-environment.ts';
import { readingAgent } from './reading-agent.ts';
import type { OnRegistryEvent } from './registry-event.ts';
import { DEFAULT_TIMEOUTS, type HttpRequest, type HttpResponse, sendRequest, type Timeouts } from './send-request.ts';

export interface TransportOptions {
  /** PEM texts of certificate authorities, beside the system's and Node's. */
  readonly ca?: readonly string[] | undefined;
  /** Authorities and client certificates of single hosts. */
  readonly clientCertificates?: HostCertificatesProvider | undefined;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or lower-case) are read from; loopback hosts are never proxied. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly userAgent?: string | undefined;
  readonly maxConnectionsPerHost?: number | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
  readonly onEvent?: OnRegistryEvent | undefined;
}

/** Connections that are kept open and shared by all that one client does. One request in, one answer out. */
export class Transport {
  readonly #options: TransportOptions;
  readonly timeouts: Timeouts;
  readonly #agents = new Map<string, Agent>();
  readonly #certificates = new Map<string, Promise<HostCertificates | undefined>>();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  }

  /** @throws as sendRequest and proxyEnvironment */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const startMs = performance.now();
    const headers = { 'User-Agent': this.#options.userAgent ?? 'oras-js', 'Accept-Encoding': 'identity', ...request.headers };
    const { onEvent = () => {} } = this.#options;
    const response = await sendRequest({ ...request, headers }, await this.#agent(request.url), this.timeouts, onEvent);
    onEvent({
      type: 'request',
      host: request.url.host,
      method: request.method,
      path: request.url.pathname,
      status: response.status,
      durationMs: performance.now() - startMs,
    });
    return response;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  async #agent(url: URL): Promise<Agent> {
    const direct = isLoopback(url.hostname);
    const own = await this.#certificatesFor(url);
    // Connections that show a certificate are for its host alone: who is redirected elsewhere gets another agent.
    const key = `${url.protocol}${direct ? 'direct' : ''}${own === undefined ? '' : url.host}`;
    const agent = this.#agents.get(key) ?? this.#createAgent(url, direct, own);
    this.#agents.set(key, agent);
    return agent;
  }

  async #certificatesFor({ protocol, host }: URL): Promise<HostCertificates | undefined> {
    const { clientCertificates } = this.#options;
    if (protocol !== 'https:' || clientCertificates === undefined) return undefined;
    const found = this.#certificates.get(host) ?? clientCertificates(canonicalRegistry(host));
    this.#certificates.set(host, found);
    return found;
  }

  #createAgent({ protocol, host }: URL, direct: boolean, own: HostCertificates | undefined): Agent {
    const { ca = [], env, maxConnectionsPerHost } = this.#options;
    const options = {
      keepAlive: true,
      ...(maxConnectionsPerHost === undefined ? {} : { maxSockets: maxConnectionsPerHost }),
      // One context for all connections: each one would parse some 270 certificates otherwise.
      ...(protocol === 'https:' ? { secureContext: own === undefined ? trustContext(ca) : hostContext(host, own, ca) } : {}),
    };
    const proxyEnv = direct || env === undefined ? undefined : proxyEnvironment(env, protocol);
    if (proxyEnv === undefined) return readingAgent(protocol, options);
    return protocol === 'https:' ? new https.Agent({ ...options, proxyEnv }) : new http.Agent({ ...options, proxyEnv });
  }
}
