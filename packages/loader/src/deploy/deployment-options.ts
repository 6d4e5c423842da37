import { AirgapError, type Destination } from '@zenml-airgap/bundle-spec';
import type { OperationOptions } from 'oras-js';

/** How a release is installed inside. */
export interface DeploymentOptions {
  /** Where the bundle was loaded to. */
  readonly destination: Destination;
  /** Name of the secret that pods pull with. Default: `image-pull-secret`. */
  readonly pullSecret?: string | undefined;
  /** Name of the secret with the private CA, key `ca.crt`. Default: no private CA. */
  readonly caSecret?: string | undefined;
  /** The CA's file, for commands that take one: `--ca-file`. */
  readonly caFile?: string | undefined;
  /** The registry speaks no TLS. */
  readonly plainHttp?: boolean | undefined;
  /** Whom the registry knows; never a password. Default: a placeholder. */
  readonly username?: string | undefined;
  /** Default: `zenml-pro` and `zenml-workspace`, as the documentation has them; with several workspace versions, one for each. */
  readonly namespaces?: { readonly controlPlane?: string; readonly workspace?: string } | undefined;
}

export interface WriteDeploymentOptions extends DeploymentOptions, OperationOptions {
  /** Made if it is missing; what holds it has to be there. */
  readonly outputFolder: string;
  /** Replace files that are there. Default: refuse. */
  readonly overwrite?: boolean | undefined;
}

/** Source: Kubernetes, "Object Names and IDs", RFC 1123 subdomains and labels. */
const SECRET_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/;
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws USAGE, with all names that Kubernetes would refuse */
export function checkNames({ pullSecret, caSecret, namespaces }: DeploymentOptions): void {
  const secrets = [pullSecret, caSecret].filter((name) => name !== undefined && !SECRET_NAME.test(name));
  const places = [namespaces?.controlPlane, namespaces?.workspace].filter((name) => name !== undefined && !NAMESPACE.test(name));
  const problems = [
    ...secrets.map((name) => `secret ${JSON.stringify(name)}`),
    ...places.map((name) => `namespace ${JSON.stringify(name)}`),
  ];
  if (problems.length === 0) return;
  throw new AirgapError('USAGE', 'names that Kubernetes does not accept', {
    problems,
    remedy: 'Such names are lower-case letters, digits and dashes.',
  });
}
