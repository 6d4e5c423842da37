import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CredentialProvider } from 'oras-js';
import type { Exchange } from '../registry/fake-registry.ts';
import { answers, errors } from './rig/replies.ts';
import { ALWAYS, type Reply, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, PASSWORD, type TokenServer, USERNAME, unauthorized, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const EXPIRED = 'Your Authorization Token has expired. Please run aws ecr get-login-password to fetch a new one.';

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Harbor's answer to any refused request that had a credential. */
function basicWhereRevoked(server: () => TokenServer): Reply {
  return (exchange) => {
    const token = exchange.served.headers.authorization?.replace('Bearer ', '') ?? '';
    return server().revoked.has(token) ? unauthorized('Basic realm="harbor"')(exchange) : 'next';
  };
}

/** Revokes what was given out, before the first request that matches is answered. */
function revokes(server: () => TokenServer): Reply {
  return () => {
    for (const token of server().issued) server().revoked.add(token);
    return 'next';
  };
}

/** A registry that takes Basic with the newest of the passwords that a cloud gives out. */
function wantPassword(registry: ScriptedRegistry, isValid: (header: string) => boolean, refusal: Reply): void {
  registry.script('expired', { path: /^\/v2\/.+/, times: ALWAYS }, (exchange: Exchange) => {
    const { authorization = '' } = exchange.served.headers;
    return isValid(authorization)
      ? 'next'
      : authorization === ''
        ? unauthorized('Basic realm="ecr"')(exchange)
        : refusal(exchange);
  });
  registry.script('ping', { path: /^\/v2\/$/, times: ALWAYS }, (exchange) =>
    exchange.served.headers.authorization === undefined ? unauthorized('Basic realm="ecr"')(exchange) : 'next',
  );
}

/** `AWS:password-1`, and the next number for each fresh one. */
function cloudPasswords(): { readonly provider: CredentialProvider; readonly lookups: (boolean | undefined)[] } {
  const lookups: (boolean | undefined)[] = [];
  let given = 1;
  const provider: CredentialProvider = async (_registry, _repository, options) => {
    lookups.push(options?.fresh);
    if (options?.fresh) given += 1;
    return { kind: 'basic', username: 'AWS', password: `password-${given}`, source: 'the AWS SDK' };
  };
  return { provider, lookups };
}

suite('faults: signing in', () => {
  for (const [what, move] of [
    ['to a GET', (registry: ScriptedRegistry, credentials: CredentialProvider) => pull(registry, image, { credentials })],
    [
      'to a PATCH, with its body',
      (registry: ScriptedRegistry, credentials: CredentialProvider) => push(registry, image, { credentials }),
    ],
  ] as const) {
    test(`fault 1: 401 Basic after an expired Bearer (Harbor), ${what}: a new token from the realm of the ping`, async () => {
      await using registry = await ScriptedRegistry.start();
      if (what === 'to a GET') registry.hold(image.contents);
      let revoked = false;
      const revoke = revokes(() => server);
      registry.script('revoke', { method: ['GET', 'PATCH'], path: /blobs/, times: ALWAYS }, (exchange) => {
        if (!revoked) revoke(exchange);
        revoked = true;
        return 'next';
      });
      registry.script(
        '401 Basic',
        { path: /^\/v2\//, times: ALWAYS },
        basicWhereRevoked(() => server),
      );
      const server = wantToken(registry);
      await move(registry, credentialsFor(registry));
      // Each of them is refused once: one for reading, and one for writing where there is one.
      assert.equal(registry.faults.filter((fault) => fault === '401 Basic').length, server.revoked.size);
      assert.ok(server.revoked.size > 0);
      const toApi = registry.requested(/^\/v2\//).map(({ headers }) => headers.authorization ?? '');
      assert.ok(
        toApi.every((header) => !header.startsWith('Basic')),
        'the password goes to the token server alone',
      );
    });
  }

  for (const [status, body] of [
    [400, EXPIRED],
    [403, errors('DENIED', EXPIRED)],
    [403, EXPIRED],
  ] as const) {
    const how = typeof body === 'string' ? 'in plain text' : 'in JSON';
    test(`fault 2: ${status} ${how} for a password that has expired (ECR): asked for a fresh one, once`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(image.contents);
      const { provider, lookups } = cloudPasswords();
      wantPassword(registry, (header) => header === basic('AWS', 'password-2'), answers(status, { body }));
      await pull(registry, image, { credentials: provider });
      assert.equal(registry.faults.filter((fault) => fault === 'expired').length, 1);
      assert.deepEqual(
        lookups.filter((fresh) => fresh),
        [true],
      );
    });
  }

  test('fault 2: a fresh password that has expired, too, is told with whose it is', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const { provider, lookups } = cloudPasswords();
    wantPassword(registry, () => false, answers(403, { body: errors('DENIED', EXPIRED) }));
    const error = await failureOf(pull(registry, image, { credentials: provider }));
    assert.equal(error.code, 'UNAUTHORIZED');
    assert.match(error.message, /the AWS SDK/);
    assert.match(error.remedy ?? '', /Sign in again/);
    assert.doesNotMatch(error.message, /password-\d/);
    assert.equal(registry.faults.filter((fault) => fault === 'expired').length, 2);
    assert.deepEqual(
      lookups.filter((fresh) => fresh),
      [true],
    );
  });

  test('fault 2: a 403 that says nothing of expiry is a missing permission, and no password is asked for', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const { provider, lookups } = cloudPasswords();
    wantPassword(registry, () => false, answers(403, { body: errors('DENIED', 'not authorized to perform ecr:BatchGetImage') }));
    const error = await failureOf(pull(registry, image, { credentials: provider }));
    assert.equal(error.code, 'DENIED');
    assert.equal(registry.faults.filter((fault) => fault === 'expired').length, 1);
    assert.deepEqual(
      lookups.filter((fresh) => fresh),
      [],
    );
  });

  for (const [what, challenge] of [
    ['empty', ''],
    ['absent', undefined],
  ] as const) {
    test(`fault 3: an ${what} challenge: a new token by that of the ping`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(image.contents);
      registry.script('no challenge', { path: /manifests/ }, unauthorized(challenge));
      const server = wantToken(registry);
      await pull(registry, image, { credentials: credentialsFor(registry) });
      assert.equal(registry.faults.filter((fault) => fault === 'no challenge').length, 1);
      assert.equal(server.issued.length, 2);
    });

    test(`fault 3: an ${what} challenge to whatever is sent: the repository is named, after two tries`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(image.contents);
      registry.script('no challenge', { path: /manifests/, times: ALWAYS }, unauthorized(challenge));
      wantToken(registry);
      const error = await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
      assert.equal(error.code, 'UNAUTHORIZED');
      assert.match(error.message, new RegExp(`^${registry.host}/zenml/api: `));
      assert.match(error.remedy ?? '', /repository or project does not exist/);
      assert.deepEqual(registry.requests(/manifests/), ['GET (no challenge)', 'GET (no challenge)']);
    });
  }

  test('fault 3: an empty challenge whose body says that the project is missing (Harbor): the project is named', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script(
      'no project',
      { path: /zenml\/api/, times: ALWAYS },
      unauthorized('', 'project zenml not found: project zenml not found'),
    );
    wantToken(registry);
    const error = await failureOf(push(registry, image, { credentials: credentialsFor(registry) }));
    assert.equal(error.code, 'NOT_FOUND');
    assert.match(error.message, /project zenml not found/);
    assert.match(error.remedy ?? '', /Create the project/);
    assert.ok(registry.faults.includes('no project'));
    assert.ok(registry.requests('/uploads/').length === 0);
  });

  for (const [what, tls, realm] of [
    ['null:// (Nexus 3.77.1)', false, 'null://127.0.0.1/v2/token'],
    ['http, though the registry is https', true, 'http://127.0.0.1/token'],
    ['no URL', false, '/token'],
    ['one that holds a password', false, 'http://me:topsecret@127.0.0.1/token'],
  ] as const) {
    test(`fault 4: the realm is ${what}: refused and explained, and no password is sent`, async () => {
      await using registry = (await ScriptedRegistry.start({ tls })).hold(image.contents);
      registry.script('realm', { times: ALWAYS }, unauthorized(`Bearer realm="${realm}",service="registry"`));
      const error = await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
      assert.equal(error.code, 'INVALID_RESPONSE');
      assert.match(error.message, /the registry names ".*" to get tokens from/);
      assert.match(error.remedy ?? '', /public URL of the registry/);
      assert.doesNotMatch(`${error.message} ${error.remedy}`, /topsecret/);
      assert.deepEqual(registry.faults, ['realm']);
      assert.ok(registry.log.every(({ headers }) => headers.authorization === undefined));
    });
  }

  for (const [what, move, actions] of [
    ['read', pull, 'pull'],
    ['written', push, 'pull,push'],
  ] as const) {
    test(`fault 5: realm and scope of a repository that is ${what} lack its first part (Artifactory): used word for word, and kept`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(what === 'read' ? image.contents : [image.config]);
      const scope = `repository:api:${actions}`;
      const own = `Bearer realm="${registry.origin}/token/docker-local",service="registry",scope="${scope}"`;
      registry.script('scope without the key', { path: /^\/v2\/zenml\/api\//, times: ALWAYS }, (exchange) =>
        exchange.served.headers.authorization === 'Bearer granted' ? 'next' : unauthorized(own)(exchange),
      );
      registry.script('token', { path: /^\/token\/docker-local\?/, times: ALWAYS }, answers(200, { body: { token: 'granted' } }));
      wantToken(registry).issued.push('granted');
      await move(registry, image, { credentials: credentialsFor(registry) });
      const refused = registry.faults.filter((fault) => fault === 'scope without the key').length;
      // Once for reading, once for writing, not once for each request.
      assert.equal(refused, what === 'read' ? 1 : 2);
      const asked = registry.requested('/token/docker-local');
      assert.deepEqual(
        asked.map(({ query }) => new URLSearchParams(query).getAll('scope')),
        [[scope]],
      );
      assert.equal(asked[0]?.headers.authorization, basic(USERNAME, PASSWORD));
    });
  }

  for (const status of [405, 404, 400, 401]) {
    test(`fault 6: POST to the token server is answered ${status} (Harbor): GET with Basic`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(image.contents);
      const token = 'identity-token-of-the-user';
      const withToken = basic('00000000-0000-0000-0000-000000000000', token);
      registry.script('no POST', { method: 'POST', path: /^\/token/, times: ALWAYS }, answers(status));
      registry.script('token', { method: 'GET', path: /^\/token/, times: ALWAYS }, (exchange) => {
        if (exchange.served.headers.authorization !== withToken) return unauthorized()(exchange);
        server.issued.push('by-get');
        return answers(200, { body: { access_token: 'by-get', expires_in: 300 } })(exchange);
      });
      const server = wantToken(registry);
      const credentials: CredentialProvider = async () => ({ kind: 'identity-token', token, source: 'the test' });
      await pull(registry, image, { credentials });
      assert.deepEqual(registry.requests(/^\/token/).slice(0, 2), ['POST (no POST)', 'GET (token)']);
      assert.ok(!registry.requested(/^\/token/).some(({ query }) => query.includes(token)));
    });
  }
});
