import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { startConnectProxy } from '../../../../test/fixtures/connect-proxy.ts';
import { certificateFor } from '../rig/certificate.ts';
import { type Asked, type Reply, startEndpoint } from '../rig/endpoint-server.ts';
import { runSignIn, signInOnce } from '../rig/run-sign-in.ts';

const ECR = 'api.ecr.eu-central-1.amazonaws.com';
const ECR_WEST = 'api.ecr.us-west-2.amazonaws.com';
const STS = 'sts.eu-central-1.amazonaws.com';
const HOST = '715803424590.dkr.ecr.eu-central-1.amazonaws.com';
const HOST_WEST = '715803424590.dkr.ecr.us-west-2.amazonaws.com';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret-of-the-key' };

let tls: { readonly cert: string; readonly key: string };
before(() => {
  tls = certificateFor([ECR, ECR_WEST, STS]);
});

/** GetAuthorizationToken (ECR's JSON 1.1) as documented, a new password each time. */
function ecrAnswers(secondsLeft = 43_200): (asked: Asked) => Reply {
  let count = 0;
  return ({ headers }) => {
    if (headers['x-amz-target'] !== 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken') return { status: 400 };
    count += 1;
    return {
      headers: { 'Content-Type': 'application/x-amz-json-1.1' },
      body: {
        authorizationData: [
          {
            authorizationToken: Buffer.from(`AWS:password:${count}`).toString('base64'),
            expiresAt: Math.round(Date.now() / 1000) + secondsLeft,
            proxyEndpoint: 'https://111122223333.dkr.ecr.eu-central-1.amazonaws.com',
          },
        ],
      },
    };
  };
}

/** Leads each of these hosts to a port here, and no other anywhere. */
const leadTo =
  (ports: Readonly<Record<string, number>>) =>
  ({ host }: { readonly host: string }): number | string =>
    ports[host] ?? '502 Bad Gateway';

const keyOf = ({ headers }: Asked): string => /Credential=([^/]*)/.exec(headers.authorization ?? '')?.[1] ?? '';

suite('ECR', () => {
  test('GetAuthorizationToken is asked in the host’s region, through HTTPS_PROXY, with the company’s authority', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const env = { ...KEYS, HTTPS_PROXY: proxy.url, AWS_REGION: 'us-east-1' };
    const { answer, contacts } = await signInOnce(HOST, env, [tls.cert]);
    assert.ok(answer.credential?.kind === 'basic', JSON.stringify(answer));
    const { expiresAtMs, ...credential } = answer.credential;
    assert.deepEqual(credential, {
      kind: 'basic',
      username: 'AWS',
      password: 'password:1',
      source: 'AWS: AWS_ACCESS_KEY_ID',
      principal: 'arn:aws:iam::111122223333:root',
    });
    assert.ok(Math.abs((expiresAtMs ?? 0) - Date.now() - 43_200_000) < 60_000);
    assert.deepEqual(proxy.connects, [`${ECR}:443`]);
    assert.deepEqual(contacts, [ECR]);
    assert.deepEqual(ecr.lines(), ['POST /']);
    assert.match(ecr.asked[0]?.headers.authorization ?? '', /Credential=AKIAENVIRONMENT\/\d{8}\/eu-central-1\/ecr\/aws4_request/);
  });

  test('without the company’s authority the endpoint is not believed, and the remedy is a password by hand', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const { answer } = await signInOnce(HOST, { ...KEYS, HTTPS_PROXY: proxy.url, AWS_MAX_ATTEMPTS: '1' });
    assert.equal(answer.code, 'CLOUD_SIGN_IN_FAILED');
    assert.match(answer.message ?? '', /certificate/);
    assert.match(answer.remedy ?? '', /aws ecr get-login-password --region eu-central-1 \| … --username AWS --password-stdin/);
    assert.deepEqual(ecr.asked, []);
  });

  test('many at once are one sign-in per region; a cached password serves until fresh is asked for', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port, [ECR_WEST]: ecr.port }));
    const [east, west] = [{ registry: HOST }, { registry: HOST_WEST }];
    const rounds = [[east, east, west, east], [east, west], [{ ...east, fresh: true }], [east]];
    const { answers } = await runSignIn({ rounds, ca: [tls.cert] }, { ...KEYS, HTTPS_PROXY: proxy.url });
    const passwords = answers.map(({ credential }) => (credential?.kind === 'basic' ? credential.password : ''));
    assert.equal(ecr.asked.length, 3);
    assert.deepEqual(proxy.connects.slice(0, 2).sort(), [`${ECR}:443`, `${ECR_WEST}:443`]);
    assert.equal(new Set([passwords[0], passwords[1], passwords[3], passwords[4]]).size, 1);
    assert.notEqual(passwords[2], passwords[0]);
    assert.deepEqual(passwords.slice(6), ['password:3', 'password:3']);
  });

  test('a sign-in that has ended leaves the connection of another region alone', async () => {
    await using east = await startEndpoint(ecrAnswers(), tls);
    const answer = ecrAnswers();
    await using west = await startEndpoint((asked) => ({ ...answer(asked), holdMs: 500 }), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: east.port, [ECR_WEST]: west.port }));
    const rounds = [[{ registry: HOST }, { registry: HOST_WEST }]];
    const { answers } = await runSignIn({ rounds, ca: [tls.cert] }, { ...KEYS, HTTPS_PROXY: proxy.url });
    assert.deepEqual(
      answers.map(({ credential }) => credential?.kind),
      ['basic', 'basic'],
    );
    // Where its connection had been ended, the SDK would have asked once more.
    assert.deepEqual([east.asked.length, west.asked.length], [1, 1]);
  });

  test('a password that is about to expire is replaced', async () => {
    await using ecr = await startEndpoint(ecrAnswers(30), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const rounds = [[{ registry: HOST }], [{ registry: HOST }]];
    await runSignIn({ rounds, ca: [tls.cert] }, { ...KEYS, HTTPS_PROXY: proxy.url });
    assert.equal(ecr.asked.length, 2);
  });

  test('a refusal by ECR is told with its reason, and not as nobody being there', async () => {
    const body = { __type: 'AccessDeniedException', message: 'not authorized to perform: ecr:GetAuthorizationToken' };
    await using ecr = await startEndpoint(() => ({ status: 400, body }), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const { answer } = await signInOnce(HOST, { ...KEYS, HTTPS_PROXY: proxy.url }, [tls.cert]);
    assert.equal(answer.code, 'CLOUD_SIGN_IN_FAILED');
    assert.match(answer.message ?? '', /AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken/);
    assert.doesNotMatch(JSON.stringify(answer), /secret-of-the-key/);
  });

  test('an EC2 instance’s role comes by IMDSv2, past the proxies', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using imds = await startEndpoint(({ method, url, headers }) => {
      if (method === 'PUT' && url.endsWith('/latest/api/token')) return { body: 'imds-token' };
      if (headers['x-aws-ec2-metadata-token'] !== 'imds-token') return { status: 401 };
      if (url.endsWith('/security-credentials/')) return { body: 'the-role' };
      return { body: temporary('ASIAINSTANCE', { Code: 'Success' }) };
    });
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const env = {
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${imds.port}`,
    };
    const { answer } = await signInOnce(HOST, env, [tls.cert]);
    assert.ok(answer.credential?.kind === 'basic', JSON.stringify(answer));
    assert.deepEqual(imds.lines(), [
      'PUT /latest/api/token',
      'GET /latest/meta-data/iam/security-credentials/',
      'GET /latest/meta-data/iam/security-credentials/the-role',
    ]);
    assert.deepEqual(ecr.asked.map(keyOf), ['ASIAINSTANCE']);
    assert.deepEqual(proxy.connects, [`${ECR}:443`]);
  });

  test('a container’s role (ECS) comes from the address that the environment names', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using ecs = await startEndpoint(({ headers }) =>
      headers.authorization === 'the-token' ? { body: temporary('ASIACONTAINER', {}) } : { status: 401 },
    );
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port }));
    const env = {
      HTTPS_PROXY: proxy.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${ecs.port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'the-token',
    };
    const { answer } = await signInOnce(HOST, env, [tls.cert]);
    assert.ok(answer.credential?.kind === 'basic', JSON.stringify(answer));
    assert.equal(answer.credential.source, 'AWS: the container’s role (ECS, EKS Pod Identity)');
    assert.deepEqual(ecs.lines(), ['GET /role']);
    assert.deepEqual(ecr.asked.map(keyOf), ['ASIACONTAINER']);
  });

  test('an EKS service account’s role (IRSA) comes from STS, through the proxy; the role is whom to name', async () => {
    await using ecr = await startEndpoint(ecrAnswers(), tls);
    await using sts = await startEndpoint(() => ({ headers: { 'Content-Type': 'text/xml' }, body: ASSUMED }), tls);
    await using proxy = await startConnectProxy(leadTo({ [ECR]: ecr.port, [STS]: sts.port }));
    await using token = await fileWith('the-web-identity');
    const role = 'arn:aws:iam::111122223333:role/zenml-pull';
    const env = { HTTPS_PROXY: proxy.url, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: token.path };
    const { answer, contacts } = await signInOnce(HOST, env, [tls.cert]);
    assert.ok(answer.credential?.kind === 'basic', JSON.stringify(answer));
    assert.equal(answer.credential.principal, role);
    const asked = new URLSearchParams(sts.asked[0]?.body);
    assert.deepEqual(
      ['Action', 'RoleArn', 'WebIdentityToken'].map((name) => asked.get(name)),
      ['AssumeRoleWithWebIdentity', role, 'the-web-identity'],
    );
    assert.deepEqual(ecr.asked.map(keyOf), ['ASIAWEB']);
    assert.deepEqual(proxy.connects, [`${STS}:443`, `${ECR}:443`]);
    assert.deepEqual(contacts, [STS, ECR]);
  });

  test('a machine without an AWS identity has none, for a reason', async () => {
    const { answer, absent } = await signInOnce(HOST, { AWS_EC2_METADATA_DISABLED: 'true' });
    assert.deepEqual(answer, { credential: null });
    assert.match(absent.join(), /no AWS identity was found/);
  });

  test('a profile that the environment names and that is not there is no machine without an identity', async () => {
    const { answer } = await signInOnce(HOST, { AWS_PROFILE: 'absent', AWS_EC2_METADATA_DISABLED: 'true' });
    assert.equal(answer.code, 'CLOUD_SIGN_IN_FAILED');
    assert.match(answer.message ?? '', /AWS_PROFILE|profile/);
  });
});

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

function temporary(key: string, more: Record<string, string>): Record<string, string> {
  return { AccessKeyId: key, SecretAccessKey: 'secret', Token: 'session', Expiration: inAnHour(), ...more };
}

const ASSUMED = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<Credentials><AccessKeyId>ASIAWEB</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>${inAnHour()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

async function fileWith(text: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'cloud-credentials-'));
  const path = join(folder, 'token');
  await writeFile(path, text);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
