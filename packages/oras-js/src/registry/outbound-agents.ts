import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { trustContext } from './certificate-authorities.ts';
import { http, https } from './node-http.ts';
import { type Environment, proxyEnvironment } from './proxy-environment.ts';

/** What is on this machine or its link, as Node's agents read it: loopback, and where clouds keep their instances' identities. */
const NEVER_PROXIED = [
  'localhost',
  '127.0.0.1-127.255.255.255',
  '::1',
  '169.254.0.0-169.254.255.255',
  'fd00:ec2::254',
  'metadata.google.internal',
];

export interface OutboundOptions {
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or lower-case) are read from. */
  readonly env: Environment;
  /** PEM texts of certificate authorities, beside the system's and Node's. */
  readonly ca?: readonly string[] | undefined;
}

export interface OutboundAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Agents for libraries that make requests of their own, a cloud's SDK: the same proxies and authorities as the registry client
 * has, metadata servers and loopback never proxied. Connections are not kept: such requests are few.
 * @throws as proxyEnvironment and trustContext
 */
export function outboundAgents({ env, ca = [] }: OutboundOptions): OutboundAgents {
  const options = (protocol: string) => {
    const proxied = proxyEnvironment(env, protocol);
    return proxied === undefined ? {} : { proxyEnv: withoutNear(proxied) };
  };
  return {
    http: new http.Agent(options('http:')),
    https: new https.Agent({ ...options('https:'), secureContext: trustContext(ca) }),
  };
}

function withoutNear(env: Environment): Environment {
  // Lower case first, as Node has it.
  const named = env.no_proxy || env.NO_PROXY;
  return { ...env, no_proxy: [...(named ? [named] : []), ...NEVER_PROXIED].join(',') };
}
