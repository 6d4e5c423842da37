/** What is used for TLS with one host beside what is used with all; PEM texts. */
export interface HostCertificates {
  /** authorities that may vouch for this host, beside the others */
  readonly ca?: readonly string[] | undefined;
  /** the client's certificate, with its chain; only together with `key` */
  readonly cert?: string | undefined;
  /** not encrypted */
  readonly key?: string | undefined;
}

/**
 * Finds a host's certificates. Asked once for each host that is connected to by https, redirects included: what belongs to one host
 * is never shown to another.
 * @param host host[:port] without port 443; Docker Hub is `docker.io`
 */
export type HostCertificatesProvider = (host: string) => Promise<HostCertificates | undefined>;
