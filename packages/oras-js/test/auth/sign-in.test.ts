import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Credential, contentOf, createRegistryClient, hostCredentials, MediaType, OrasError } from 'oras-js';
import { answer, FakeRegistry } from '../registry/fake-registry.ts';
import { sampleContent } from '../sample-graph.ts';

const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };
const BASIC: Credential = { kind: 'basic', username: 'me', password: 's3cret', source: 'the test' };
const LAYER = sampleContent(MediaType.ociLayerGzip, Buffer.from('layer'));

interface TokenServerOptions {
  readonly lifetimeS?: number;
  readonly takesPost?: boolean;
  /** The registry's answer to a token that it does not take; Harbor sends a Basic challenge, and an empty one for a missing project. */
  readonly refusal?: string | undefined;
}

/**
 * A registry that wants Bearer, with its token server on the same port at /token (distribution's docs/spec/auth/token.md). Tokens
 * are numbered; `valid` says whether a token is taken for a request.
 */
async function bearerRegistry({ lifetimeS, takesPost = false, refusal }: TokenServerOptions = {}) {
  const registry = await FakeRegistry.start();
  const tokens: { scopes: string[]; authorization: string | undefined; method: string }[] = [];
  const rig = {
    registry,
    tokens,
    valid: (_token: number): boolean => true,
    password: 's3cret',
    [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose](),
  };
  registry.fault = async ({ request, response, url }) => {
    const { authorization } = request.headers;
    if (url.pathname === '/token') {
      if (request.method === 'POST' && !takesPost) answer(response, 405, {});
      else {
        let body = '';
        for await (const chunk of request) body += chunk;
        const parameters = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
        const scopes = request.method === 'POST' ? (parameters.get('scope') ?? '').split(' ') : parameters.getAll('scope');
        tokens.push({ scopes, authorization, method: request.method ?? '' });
        const right = `Basic ${Buffer.from(`me:${rig.password}`).toString('base64')}`;
        if (authorization !== undefined && authorization !== right)
          answer(response, 401, { details: 'incorrect username or password' });
        else answer(response, 200, { token: `t${tokens.length}`, expires_in: lifetimeS });
      }
      return true;
    }
    const token = /^Bearer t(\d+)$/.exec(authorization ?? '')?.[1];
    if (token !== undefined && url.pathname !== '/v2/' && rig.valid(Number(token))) return false;
    const challenge = `Bearer realm="${registry.origin}/token",service="test"`;
    const header = authorization === undefined ? challenge : (refusal ?? challenge);
    answer(
      response,
      401,
      { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
      { 'WWW-Authenticate': header },
    );
    return true;
  };
  return rig;
}

suite('signing in', () => {
  test('asks for one token for a push, and reads with it', async () => {
    await using rig = await bearerRegistry();
    using client = createRegistryClient({ credentials: async () => BASIC });
    const repository = client.repository(`${rig.registry.host}/zenml/api`);
    await repository.mount(LAYER.descriptor, 'zenml/server');
    await repository.push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.equal(await repository.exists(LAYER.descriptor), true);
    assert.deepEqual(
      rig.tokens.map(({ scopes }) => scopes),
      [['repository:zenml/api:pull,push', 'repository:zenml/server:pull']],
    );
    assert.equal(rig.registry.log.filter(({ path }) => path === '/v2/').length, 1);
  });

  test('shares one token among operations that begin at once', async () => {
    await using rig = await bearerRegistry();
    using client = createRegistryClient({ credentials: async () => BASIC });
    const repository = client.repository(`${rig.registry.host}/a`);
    await Promise.all(Array.from({ length: 8 }, () => repository.exists(LAYER.descriptor)));
    assert.equal(rig.tokens.length, 1);
  });

  test('tries a wrong password once, however many repositories wait for it', async () => {
    await using rig = await bearerRegistry();
    rig.password = 'another';
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e'].map((name) => client.repository(`${rig.registry.host}/${name}`).exists(LAYER.descriptor)),
    );
    for (const result of results) {
      assert.equal(result.status, 'rejected');
      assert.equal(result.reason.code, 'UNAUTHORIZED');
      assert.match(result.reason.message, /^127\.0\.0\.1:\d+: the user name or password from the test is not accepted/);
      assert.ok(!String(result.reason.message).includes('s3cret'));
    }
    assert.equal(rig.tokens.length, 1);
  });

  test('tries a wrong Basic password once, too', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response }) => {
      answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="r"' });
      return true;
    };
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => client.repository(`${registry.host}/${name}`).exists(LAYER.descriptor)),
    );
    assert.ok(results.every((result) => result.status === 'rejected' && result.reason.code === 'UNAUTHORIZED'));
    assert.equal(registry.log.filter(({ headers }) => headers.authorization !== undefined).length, 1);
  });

  test('gets a new token when one is refused, at the realm of the ping, though the refusal says Basic', async () => {
    for (const refusal of ['Basic realm="harbor"', '']) {
      await using rig = await bearerRegistry({ refusal });
      rig.valid = (token) => token > 1;
      using client = createRegistryClient({ credentials: async () => BASIC });
      assert.equal(await client.repository(`${rig.registry.host}/a`).exists(LAYER.descriptor), false);
      assert.equal(rig.tokens.length, 2);
    }
  });

  test('gives up after the second refusal, and says whose account it was', async () => {
    await using rig = await bearerRegistry();
    rig.valid = () => false;
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    await assert.rejects(client.repository(`${rig.registry.host}/a`).resolve('1.0'), {
      code: 'UNAUTHORIZED',
      message: /the account is from the test/,
    });
    assert.equal(rig.tokens.length, 2);
    using anonymous = createRegistryClient(QUICK);
    await assert.rejects(anonymous.repository(`${rig.registry.host}/a`).resolve('1.0'), {
      code: 'UNAUTHORIZED',
      message: /no credential was found/,
      remedy: /docker login 127\.0\.0\.1/,
    });
  });

  test('uploads again from the start, with a new token, when the first expired under it', async () => {
    await using rig = await bearerRegistry();
    let patches = 0;
    const serve = rig.registry.fault;
    rig.registry.fault = async (exchange) => {
      if (exchange.request.method === 'PATCH') patches += 1;
      if (exchange.request.method === 'PATCH' && patches === 1) {
        answer(exchange.response, 401, {}, { 'WWW-Authenticate': `Bearer realm="${rig.registry.origin}/token"` });
        return true;
      }
      return serve(exchange);
    };
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    await client.repository(`${rig.registry.host}/a`).push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.equal(patches, 2);
    assert.ok(rig.registry.blobs.has(LAYER.descriptor.digest));
  });

  test('renews a token before it expires', async () => {
    await using rig = await bearerRegistry({ lifetimeS: 0.4 });
    using client = createRegistryClient();
    const repository = client.repository(`${rig.registry.host}/a`);
    await repository.exists(LAYER.descriptor);
    await repository.exists(LAYER.descriptor);
    assert.equal(rig.tokens.length, 1);
    await new Promise((resolve) => setTimeout(resolve, 350));
    await repository.exists(LAYER.descriptor);
    assert.equal(rig.tokens.length, 2);
  });

  test('posts an identity token, and asks by GET where POST is refused', async () => {
    const credentials = async (): Promise<Credential> => ({ kind: 'identity-token', token: 'identity', source: 'test' });
    await using posts = await bearerRegistry({ takesPost: true });
    using client = createRegistryClient({ credentials });
    await client.repository(`${posts.registry.host}/a`).exists(LAYER.descriptor);
    assert.deepEqual(posts.tokens, [{ scopes: ['repository:a:pull'], authorization: undefined, method: 'POST' }]);
    await using gets = await bearerRegistry();
    await assert.rejects(client.repository(`${gets.registry.host}/a`).exists(LAYER.descriptor), { code: 'UNAUTHORIZED' });
    assert.deepEqual(
      gets.tokens.map(({ method }) => method),
      ['GET'],
    );
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`takes an identity token to no other host where the token server answers ${status}`, async () => {
      await using thief = await FakeRegistry.start();
      await using rig = await bearerRegistry({ takesPost: true });
      const serve = rig.registry.fault;
      rig.registry.fault = async (exchange) => {
        if (exchange.url.pathname !== '/token') return serve(exchange);
        exchange.response.writeHead(status, { Location: `${thief.origin}/token` }).end();
        return true;
      };
      const credentials = async (): Promise<Credential> => ({ kind: 'identity-token', token: 'identity', source: 'test' });
      using client = createRegistryClient({ ...QUICK, credentials });
      await assert.rejects(client.repository(`${rig.registry.host}/a`).exists(LAYER.descriptor), (error: OrasError) => {
        assert.equal(error.code, 'INVALID_RESPONSE');
        assert.match(error.message, /a redirect of a credential to another host, 127\.0\.0\.1:/);
        return true;
      });
      assert.deepEqual(thief.log, []);
    });
  }

  test('follows a redirect of a token server to itself, identity token and all', async () => {
    await using rig = await bearerRegistry({ takesPost: true });
    const serve = rig.registry.fault;
    let posted = '';
    rig.registry.fault = async (exchange) => {
      if (exchange.url.pathname === '/token') {
        exchange.response.writeHead(307, { Location: '/moved/token' }).end();
        return true;
      }
      if (exchange.url.pathname !== '/moved/token') return serve(exchange);
      for await (const chunk of exchange.request) posted += chunk;
      answer(exchange.response, 200, { token: 't1' });
      return true;
    };
    const credentials = async (): Promise<Credential> => ({ kind: 'identity-token', token: 'identity', source: 'test' });
    using client = createRegistryClient({ ...QUICK, credentials });
    assert.equal(await client.repository(`${rig.registry.host}/a`).exists(LAYER.descriptor), false);
    assert.match(posted, /refresh_token=identity/);
  });

  test('looks for no credential where the registry asks for none: a broken helper is not in the way', async () => {
    await using registry = await FakeRegistry.start();
    let lookups = 0;
    const credentials = async (): Promise<Credential> => {
      lookups += 1;
      throw new OrasError('CREDENTIAL_HELPER_FAILED', 'the credential helper failed');
    };
    using client = createRegistryClient({ ...QUICK, credentials });
    await client.ping(registry.host);
    const repository = client.repository(`${registry.host}/a`);
    await repository.push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.equal(await repository.exists(LAYER.descriptor), true);
    assert.equal(lookups, 0);
    registry.fault = ({ response }) => {
      answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="r"' });
      return true;
    };
    await assert.rejects(repository.exists(LAYER.descriptor), { code: 'CREDENTIAL_HELPER_FAILED' });
  });

  test('signs in to write where reading is free, and uploads once', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ request, response }) => {
      if (request.method === 'GET' || request.method === 'HEAD' || request.headers.authorization !== undefined) return false;
      answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="r"' });
      return true;
    };
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    const repository = client.repository(`${registry.host}/a`);
    await repository.push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.ok(registry.blobs.has(LAYER.descriptor.digest));
    assert.deepEqual(
      registry.asked.filter((line) => line.startsWith('P')),
      [
        'POST /v2/a/blobs/uploads/ 401',
        'POST /v2/a/blobs/uploads/ 202',
        'PATCH /v2/a/blobs/uploads/ID 202',
        'PUT /v2/a/blobs/uploads/ID 201',
      ],
    );
  });

  test('sends a registry token after a 401 without a challenge, too', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ request, response, url }) => {
      if (url.pathname === '/v2/' || request.headers.authorization === 'Bearer t99') return false;
      answer(response, 401, {});
      return true;
    };
    using client = createRegistryClient({ credentials: async () => ({ kind: 'registry-token', token: 't99', source: 'test' }) });
    await client.repository(`${registry.host}/a`).push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.ok(registry.blobs.has(LAYER.descriptor.digest));
  });

  test('sends a registry token as it is', async () => {
    await using rig = await bearerRegistry();
    using client = createRegistryClient({ credentials: async () => ({ kind: 'registry-token', token: 't99', source: 'test' }) });
    await client.repository(`${rig.registry.host}/a`).exists(LAYER.descriptor);
    assert.equal(rig.tokens.length, 0);
  });

  test('sends no password to a realm that is no URL, or that holds one itself', async () => {
    for (const realm of ['null://token', 'token', 'ftp://a/b', 'http://user:pw@a/token']) {
      await using registry = await FakeRegistry.start();
      registry.fault = ({ response }) => {
        answer(response, 401, {}, { 'WWW-Authenticate': `Bearer realm="${realm}"` });
        return true;
      };
      using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
      await assert.rejects(client.ping(registry.host), { code: 'INVALID_RESPONSE' }, realm);
    }
  });

  test('takes no token that could smuggle a header, and shows none', async () => {
    for (const token of ['a\r\nX: y', '', 7, undefined, 'ünï']) {
      await using registry = await FakeRegistry.start();
      registry.fault = ({ response, url }) => {
        if (url.pathname === '/token') answer(response, 200, { token });
        else answer(response, 401, {}, { 'WWW-Authenticate': `Bearer realm="${registry.origin}/token"` });
        return true;
      };
      using client = createRegistryClient(QUICK);
      await assert.rejects(client.ping(registry.host), { code: 'INVALID_RESPONSE' });
    }
  });

  test('uses the scope that the registry names, word for word', async () => {
    await using registry = await FakeRegistry.start();
    const scopes: string[] = [];
    registry.fault = ({ request, response, url }) => {
      if (url.pathname === '/token') {
        scopes.push(...url.searchParams.getAll('scope'));
        answer(response, 200, { access_token: `t${scopes.length}` });
        return true;
      }
      if (url.pathname !== '/v2/' && request.headers.authorization === 'Bearer t2') return false;
      const scope = url.pathname === '/v2/' ? '' : ',scope="repository:other:pull"';
      answer(response, 401, {}, { 'WWW-Authenticate': `Bearer realm="${registry.origin}/token",service="s"${scope}` });
      return true;
    };
    using client = createRegistryClient();
    await client.repository(`${registry.host}/key/image`).exists(LAYER.descriptor);
    assert.deepEqual(scopes, ['repository:key/image:pull', 'repository:other:pull']);
  });

  test('reads the body of a 401 that HEAD hides: a missing project is no wrong password', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ request, response }) => {
      const body = { errors: [{ code: 'UNAUTHORIZED', message: 'project nope not found: project nope not found' }] };
      if (request.headers.authorization === undefined) answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="harbor"' });
      else if (request.url === '/v2/') answer(response, 200, {});
      else answer(response, 401, body, { 'WWW-Authenticate': '' });
      return true;
    };
    using client = createRegistryClient({ ...QUICK, credentials: async () => BASIC });
    const failure = await client
      .repository(`${registry.host}/nope/a`)
      .exists(LAYER.descriptor)
      .catch((error: OrasError) => error);
    assert.ok(failure instanceof OrasError);
    assert.equal(failure.code, 'NOT_FOUND');
    assert.match(failure.message, /project nope not found/);
  });

  test('a password for one host goes to no other: not by port, not by suffix', async () => {
    const credentials = hostCredentials({
      hosts: ['registry.example:5000', 'docker.io'],
      username: 'me',
      password: 'x',
      source: 'env',
    });
    assert.ok(await credentials('Registry.Example:5000', 'a'));
    assert.ok(await credentials('registry-1.docker.io', 'a'));
    for (const other of ['registry.example', 'registry.example:5001', 'a.registry.example:5000', 'xregistry.example:5000']) {
      assert.equal(await credentials(other, 'a'), undefined, other);
    }
  });

  test('one caller that is aborted leaves the ping to the others', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = async ({ url }) => {
      if (url.pathname === '/v2/') await new Promise((resolve) => setTimeout(resolve, 100));
      return false;
    };
    using client = createRegistryClient();
    const controller = new AbortController();
    const first = client.repository(`${registry.host}/a`).exists(LAYER.descriptor, { signal: controller.signal });
    const second = client.repository(`${registry.host}/a`).exists(LAYER.descriptor);
    setTimeout(() => controller.abort(), 20);
    await assert.rejects(first, { code: 'ABORTED' });
    assert.equal(await second, false);
    assert.equal(registry.log.filter(({ path }) => path === '/v2/').length, 1);
  });
});
