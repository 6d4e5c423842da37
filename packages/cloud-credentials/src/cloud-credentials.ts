import { type Credential, type CredentialProvider, type OutboundAgents, outboundAgents, SingleFlight } from 'oras-js';
import { parseEcrHost } from './aws/parse-ecr-host.ts';
import { signInToEcr } from './aws/sign-in-ecr.ts';
import type { CloudContext, SignIn } from './cloud-context.ts';

export interface CloudCredentials {
  /** Proxies are read from it, and which identity is named. The SDKs read the process's own beside it: pass that. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM texts of certificate authorities, beside the system's and Node's. */
  readonly ca?: readonly string[] | undefined;
  /** Each host (host[:port]) that is asked while signing in, for firewall rules; metadata servers are not told. */
  readonly onContact?: ((host: string) => void) | undefined;
  /** Why there is nobody to sign in as; no secret. */
  readonly onAbsent?: ((reason: string) => void) | undefined;
}

/** Below this, a cached credential is not given any more. */
const MIN_LEFT_MS = 60_000;

/**
 * Signs in to the registries of clouds with the identity that the machine has there. A cloud's SDK is imported when one of its
 * hosts is asked for, and not before. Other hosts, ECR Public, and machines without an identity: `undefined`.
 * @throws CLOUD_SIGN_IN_FAILED where an identity is there and does not work, CLOUD_SDK_MISSING, ABORTED
 */
export function cloudCredentials({
  env,
  ca = [],
  onContact = () => {},
  onAbsent = () => {},
}: CloudCredentials): CredentialProvider {
  let agents: OutboundAgents | undefined;
  const context: CloudContext = {
    env,
    agents: () => {
      agents ??= outboundAgents({ env, ca });
      return agents;
    },
    onContact,
  };
  const clouds = { ecr: signInToEcr(context) };
  const flights = new SingleFlight<Credential | undefined>();
  const cache = new Map<string, Credential>();

  return async (registry, _repository, { fresh = false, signal } = {}) => {
    const place = placeOf(registry, clouds);
    if (place === undefined) return undefined;
    const cached = cache.get(place.key);
    if (!fresh && cached !== undefined && isUsable(cached)) return cached;
    const start = async (own: AbortSignal): Promise<Credential | undefined> => {
      cache.delete(place.key);
      const result = await place.signIn(registry, own);
      if ('absent' in result) {
        onAbsent(result.absent);
        return undefined;
      }
      cache.set(place.key, result.credential);
      return result.credential;
    };
    return flights.join(place.key, start, signal);
  };
}

function isUsable(credential: Credential): boolean {
  if (credential.kind === 'anonymous' || credential.expiresAtMs === undefined) return true;
  return credential.expiresAtMs - Date.now() > MIN_LEFT_MS;
}

/** `key`: what one sign-in is good for. */
function placeOf(registry: string, clouds: { readonly ecr: SignIn }): { key: string; signIn: SignIn } | undefined {
  const ecr = parseEcrHost(registry);
  // One account's token opens all registries of the region that the account may see.
  if (ecr !== undefined) return { key: `ecr ${ecr.region}${ecr.isFips ? ' fips' : ''}`, signIn: clouds.ecr };
  return undefined;
}
