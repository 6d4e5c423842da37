import { OrasError } from 'oras-js';
import type { CloudContext, SignIn } from '../cloud-context.ts';
import { type Cloud, isModuleMissing, reasonOf, sdkMissing, signInFailed } from '../cloud-error.ts';
import { type EcrHost, parseEcrHost } from './parse-ecr-host.ts';

const METADATA_TIMEOUT_MS = 1_000; // as the SDK; an instance's metadata is one hop away
const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }; // the SDK's warnings go to the console otherwise

/** Where the SDK says an identity came from (`$source`, AwsSdkCredentialsFeatures), as users know it. */
const SOURCES: readonly (readonly [feature: string, name: string])[] = [
  ['CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  ['CREDENTIALS_ENV_VARS', 'AWS_ACCESS_KEY_ID'],
  ['CREDENTIALS_HTTP', 'the container’s role (ECS, EKS Pod Identity)'],
  ['CREDENTIALS_IMDS', 'the instance’s role (EC2)'],
  ['CREDENTIALS_SSO', 'aws sso login'],
];

function cloudOf(region: string): Cloud {
  return {
    name: 'AWS',
    byHand: `aws ecr get-login-password --region ${region} | … --username AWS --password-stdin`,
  };
}

/**
 * ECR's GetAuthorizationToken in the host's own region, with whom the SDK's default chain finds: environment, SSO, profiles, web
 * identity (EKS), container, instance. The chain reads the process's own environment and files.
 * Source: docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function signInToEcr({ env, agents, onContact }: CloudContext): SignIn {
  return async (registry, signal) => {
    const host = parseEcrHost(registry);
    if (host === undefined) throw new TypeError(`not an ECR host: ${registry}`);
    const cloud = cloudOf(host.region);
    const { client, identity, sdk } = await load(registry, cloud);
    const handler = new sdk.NodeHttpHandler({
      httpAgent: agents().http,
      httpsAgent: agents().https,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
    });
    const handle = handler.handle.bind(handler);
    handler.handle = (request, options) => {
      onContact(request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`);
      return handle(request, options);
    };
    const chain = identity.defaultProvider({
      timeout: METADATA_TIMEOUT_MS,
      maxRetries: 1,
      logger: SILENT,
      // For STS and SSO, which the chain may ask.
      parentClientConfig: { region: env.AWS_REGION || env.AWS_DEFAULT_REGION || host.region, requestHandler: handler },
    });
    let found: Awaited<ReturnType<typeof chain>>;
    try {
      found = await chain();
    } catch (error) {
      const named = namedIdentity(env);
      if (named !== undefined) throw signInFailed(cloud, registry, named.explain(error));
      if (isNobody(error)) return { absent: `${registry}: no AWS identity was found (${reasonOf(error)})` };
      throw signInFailed(cloud, registry, error);
    }
    // Never destroyed: that would end the agents' connections, which the sign-in to another region is using.
    const ecr = new client.ECRClient({
      region: host.region,
      useFipsEndpoint: host.isFips,
      useDualstackEndpoint: host.isDualStack,
      credentials: found,
      requestHandler: handler,
      logger: SILENT,
    });
    try {
      const answer = await ecr.send(new client.GetAuthorizationTokenCommand({}), { abortSignal: signal });
      const [data] = answer.authorizationData ?? [];
      const [, username, password] =
        /^([^:]+):(.+)$/s.exec(Buffer.from(data?.authorizationToken ?? '', 'base64').toString()) ?? [];
      if (username === undefined || password === undefined) throw new Error('the answer has no password');
      const source = sourceOf(found);
      return {
        credential: {
          kind: 'basic',
          username,
          password,
          source: source === undefined ? 'AWS' : `AWS: ${source}`,
          expiresAtMs: data?.expiresAt?.getTime(),
          principal: principalOf({ source, proxyEndpoint: data?.proxyEndpoint, host, env }),
        },
      };
    } catch (error) {
      if (signal.aborted) throw new OrasError('ABORTED', 'the operation was aborted', { cause: error });
      throw signInFailed(cloud, registry, error);
    }
  };
}

async function load(registry: string, cloud: Cloud) {
  try {
    const [client, identity, sdk] = await Promise.all([
      import('@aws-sdk/client-ecr'),
      import('@aws-sdk/credential-provider-node'),
      import('@smithy/node-http-handler'),
    ]);
    return { client, identity, sdk };
  } catch (error) {
    throw isModuleMissing(error) ? sdkMissing(cloud, registry, error) : error;
  }
}

/** The chain says this when it is through, whatever stopped its links on the way. */
function isNobody(error: unknown): boolean {
  return error instanceof Error && error.message === 'Could not load credentials from any providers';
}

/** An identity that the environment names must work: falling back to nobody would hide its fault. */
function namedIdentity(env: CloudContext['env']): { explain(error: unknown): unknown } | undefined {
  const name = [
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ].find((candidate) => env[candidate]);
  if (name === undefined) return undefined;
  return {
    explain: (error) =>
      isNobody(error) ? new Error(`${name} is set, and the identity that it names could not be had`, { cause: error }) : error,
  };
}

/** The SDK's credentials say what they came from, beside what its types promise. */
function sourceOf(found: { readonly accessKeyId: string; readonly $source?: object }): string | undefined {
  const { $source = {} } = found;
  return SOURCES.find(([feature]) => feature in $source)?.[1];
}

interface PrincipalFacts {
  readonly source: string | undefined;
  readonly proxyEndpoint: string | undefined;
  readonly host: EcrHost;
  readonly env: CloudContext['env'];
}

/** The role where the environment names it; else the caller's account, which ECR's policies may name as well. */
function principalOf({ source, proxyEndpoint = '', host, env }: PrincipalFacts): string | undefined {
  if (source === 'AWS_WEB_IDENTITY_TOKEN_FILE' && env.AWS_ROLE_ARN) return env.AWS_ROLE_ARN;
  const account = /^https:\/\/(\d{12})\./.exec(proxyEndpoint)?.[1];
  if (account === undefined) return undefined;
  const partition = host.region.startsWith('cn-') ? 'aws-cn' : host.region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:iam::${account}:root`;
}
