/** A key of a Kubernetes secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

export interface InstallOptions {
  /** Where the images are inside: `harbor.corp.example/zenml`, without scheme. */
  readonly prefix: string;
  /** Name of the secret that pods pull with. Default: `image-pull-secret`. */
  readonly pullSecret?: string | undefined;
  /** The secret that has the private CA's certificate; a bare name means its key `ca.crt`. Default: no private CA. */
  readonly caSecret?: string | SecretKey | undefined;
  /** Whose control plane a workspace belongs to: hybrid keeps the chart's own. Default: self-hosted. */
  readonly scenario?: 'self-hosted' | 'hybrid' | undefined;
  /** The secret with the workspace's database password. Default: `zenml-workspace-database`, key `password`. */
  readonly databaseSecret?: SecretKey | undefined;
  /** The secret with the enrolment key, where the chart takes one. Default: `zenml-workspace-enrollment`, key `enrollment-key`. */
  readonly enrollmentSecret?: SecretKey | undefined;
  /** Default: `nginx`, as the charts have it. */
  readonly ingressClass?: string | undefined;
}

export const DEFAULT_PULL_SECRET = 'image-pull-secret'; // as the documentation names it
export const DEFAULT_CA_KEY = 'ca.crt';
export const DEFAULT_DATABASE_SECRET: SecretKey = { name: 'zenml-workspace-database', key: 'password' };
export const DEFAULT_CONTROL_PLANE_DATABASE_SECRET: SecretKey = { name: 'zenml-pro-database', key: 'password' };
export const DEFAULT_ENROLLMENT_SECRET: SecretKey = { name: 'zenml-workspace-enrollment', key: 'enrollment-key' };
export const DEFAULT_INGRESS_CLASS = 'nginx'; // both charts' default
export const TLS_SECRET = { controlPlane: 'zenml-pro-tls', workspace: 'zenml-workspace-tls' } as const;

export function secretKeyOf(secret: string | SecretKey): SecretKey {
  return typeof secret === 'string' ? { name: secret, key: DEFAULT_CA_KEY } : secret;
}
