import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Credential, contentOf, createRegistryClient, MediaType } from 'oras-js';
import { answer, FakeRegistry } from '../registry/fake-registry.ts';
import { sampleContent } from '../sample-graph.ts';

const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };
const LAYER = sampleContent(MediaType.ociLayerGzip, Buffer.from('layer'));
const MINUTE_MS = 60_000;
const EXPIRED = "Your Authorization Token has expired. Please run 'aws ecr get-login' to fetch a new one.";

type Refuse = (response: Parameters<typeof answer>[0]) => void;

/** A registry that wants Basic and refuses every password but `rig.password`, in its own way. */
async function basicRegistry(refuse: Refuse) {
  const registry = await FakeRegistry.start();
  const rig = { registry, password: 'new', refused: 0, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
  registry.fault = ({ request, response }) => {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="ecr"' });
      return true;
    }
    if (authorization === `Basic ${Buffer.from(`AWS:${rig.password}`).toString('base64')}`) return false;
    rig.refused += 1;
    refuse(response);
    return true;
  };
  return rig;
}

/** Gives the passwords in turn; the last one again and again. */
function inTurn(...passwords: readonly (readonly [string, number?])[]) {
  const asked: (boolean | undefined)[] = [];
  const provider = async (_registry: string, _repository: string, options: { fresh?: boolean | undefined } = {}) => {
    asked.push(options.fresh);
    const [password = '', expiresAtMs] = passwords[Math.min(asked.length, passwords.length) - 1] ?? [];
    return { kind: 'basic', username: 'AWS', password, source: 'the cloud', expiresAtMs } satisfies Credential;
  };
  return { asked, provider };
}

const REFUSALS: readonly (readonly [string, Refuse])[] = [
  ['403 with JSON DENIED', (response) => answer(response, 403, { errors: [{ code: 'DENIED', message: EXPIRED }] })],
  ['403 with plain text', (response) => void response.writeHead(403, { 'Content-Type': 'text/plain' }).end(EXPIRED)],
  ['400 without a challenge', (response) => answer(response, 400, { errors: [{ code: 'DENIED', message: EXPIRED }] })],
];

suite('fault 2: credentials that expire', () => {
  for (const [name, refuse] of REFUSALS) {
    test(`asks for a fresh password once the registry says with ${name} that it has expired`, async () => {
      await using rig = await basicRegistry(refuse);
      rig.password = 'old';
      const { asked, provider } = inTurn(['old'], ['new']);
      using client = createRegistryClient({ ...QUICK, credentials: provider });
      const repository = client.repository(`${rig.registry.host}/zenml/api`);
      await repository.push(LAYER.descriptor, contentOf(LAYER.bytes));
      assert.deepEqual([asked, rig.refused], [[false], 0]);
      rig.password = 'new';
      // HEAD has no body: the reason is asked for.
      assert.equal(await repository.exists(LAYER.descriptor), true);
      assert.deepEqual(asked, [false, true]);
      assert.equal(rig.refused, 2);
    });

    test(`signs in with a fresh password where the first contact says so (${name})`, async () => {
      await using rig = await basicRegistry(refuse);
      const { asked, provider } = inTurn(['old'], ['new']);
      using client = createRegistryClient({ ...QUICK, credentials: provider });
      await client.ping(rig.registry.host);
      assert.deepEqual(asked, [false, true]);
      assert.equal(rig.refused, 1);
    });

    test(`says that the password has expired, and from where it is, where there is no other (${name})`, async () => {
      await using rig = await basicRegistry(refuse);
      const { asked, provider } = inTurn(['secret-of-yesterday']);
      using client = createRegistryClient({ ...QUICK, credentials: provider });
      await assert.rejects(client.ping(rig.registry.host), (error: Error & { code?: string; remedy?: string }) => {
        assert.equal(error.code, 'UNAUTHORIZED');
        assert.match(error.message, /from the cloud has expired \(the registry answered 40[03]\)$/);
        assert.match(error.remedy ?? '', /^Sign in again/);
        assert.ok(!error.message.includes('secret-of-yesterday'));
        return true;
      });
      assert.deepEqual(asked, [false, true]);
      assert.equal(rig.refused, 1, 'the same password is not tried twice');
    });
  }

  test('uploads again from the start when the password expires on the way', async () => {
    await using rig = await basicRegistry((response) =>
      answer(response, 403, { errors: [{ code: 'DENIED', message: EXPIRED }] }),
    );
    rig.password = 'old';
    const refuse = rig.registry.fault;
    rig.registry.fault = async (exchange) => {
      if (exchange.request.method === 'PATCH') rig.password = 'new';
      return refuse(exchange);
    };
    const { asked, provider } = inTurn(['old'], ['new']);
    using client = createRegistryClient({ ...QUICK, credentials: provider });
    await client.repository(`${rig.registry.host}/a`).push(LAYER.descriptor, contentOf(LAYER.bytes));
    assert.deepEqual(asked, [false, true]);
    assert.deepEqual(rig.registry.blobs.get(LAYER.descriptor.digest), Buffer.from(LAYER.bytes));
    assert.ok(rig.registry.asked.includes('PATCH /v2/a/blobs/uploads/ID 403'));
  });

  test('a 403 that says nothing of expiry asks for no other credential', async () => {
    await using rig = await basicRegistry((response) => answer(response, 401, {}));
    const allow = rig.registry.fault;
    rig.registry.fault = async (exchange) => {
      if (await allow(exchange)) return true;
      if (exchange.url.pathname === '/v2/') return false;
      answer(exchange.response, 403, { errors: [{ code: 'DENIED', message: 'requested access is denied' }] });
      return true;
    };
    const { asked, provider } = inTurn(['new']);
    using client = createRegistryClient({ ...QUICK, credentials: provider });
    await assert.rejects(client.repository(`${rig.registry.host}/a`).exists(LAYER.descriptor), { code: 'DENIED' });
    assert.deepEqual(asked, [false]);
  });

  test('asks for a fresh one when less than a minute is left, before the registry refuses', async () => {
    await using rig = await basicRegistry((response) => answer(response, 401, {}));
    const { asked, provider } = inTurn(['old', Date.now() + MINUTE_MS / 2], ['new', Date.now() + 60 * MINUTE_MS]);
    using client = createRegistryClient({ ...QUICK, credentials: provider });
    const repository = client.repository(`${rig.registry.host}/a`);
    await repository.exists(LAYER.descriptor);
    await repository.exists(LAYER.descriptor);
    assert.deepEqual(asked, [false, true], 'and then keeps the one that lives long');
    assert.equal(rig.refused, 0);
  });

  test('renews in time while it works: what has come near its end is not sent', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000 });
    await using rig = await basicRegistry((response) => answer(response, 401, {}));
    rig.password = 'old';
    const { asked, provider } = inTurn(['old', Date.now() + 10 * MINUTE_MS], ['new', Date.now() + 70 * MINUTE_MS]);
    using client = createRegistryClient({ ...QUICK, credentials: provider });
    const repository = client.repository(`${rig.registry.host}/a`);
    await repository.exists(LAYER.descriptor);
    assert.deepEqual(asked, [false]);
    t.mock.timers.tick(9.5 * MINUTE_MS);
    rig.password = 'new';
    await Promise.all([1, 2, 3].map(() => repository.exists(LAYER.descriptor)));
    assert.deepEqual(asked, [false, true], 'once for all that wait');
    assert.equal(rig.refused, 0);
  });

  test('one that never lives long is used until its end, not asked for at each request', async () => {
    await using rig = await basicRegistry((response) => answer(response, 401, {}));
    const { asked, provider } = inTurn(['new', Date.now() + MINUTE_MS / 2]);
    using client = createRegistryClient({ ...QUICK, credentials: provider });
    const repository = client.repository(`${rig.registry.host}/a`);
    for (let i = 0; i < 5; i += 1) await repository.exists(LAYER.descriptor);
    assert.deepEqual(asked, [false, true]);
  });
});
