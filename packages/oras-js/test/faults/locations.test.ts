import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Exchange } from '../registry/fake-registry.ts';
import { answers } from './rig/replies.ts';
import { ALWAYS, type Reply, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, wantBasic } from './rig/sign-in.ts';
import { failureOf, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const DIGEST = encodeURIComponent(image.layer.descriptor.digest);
const AT_SESSION = /\/session\/|\/uploads\/session/;

/** Plays an upload session at whatever path the Location named: takes PATCH and PUT, and stores the blob. */
function takesUpload(registry: ScriptedRegistry): Reply {
  let received = Buffer.alloc(0);
  return async (exchange: Exchange) => {
    const { request, response, url, served } = exchange;
    for await (const chunk of request) received = Buffer.concat([received, chunk]);
    if (served.method === 'PUT') registry.registry.blobs.set(url.searchParams.getAll('digest').at(-1) ?? '', received);
    response.writeHead(served.method === 'PUT' ? 201 : 202).end();
  };
}

interface LocationCase {
  readonly tls: boolean;
  readonly location: (registry: ScriptedRegistry) => string;
  /** path and query of the PATCH */
  readonly patched: string;
  /** of the PUT, where it is not the PATCH's with the digest behind */
  readonly put?: string;
}

const CASES: Readonly<Record<string, LocationCase>> = {
  'absolute, with a signed query': {
    tls: true,
    location: ({ origin }) => `${origin}/session/1?_state=a%2Fb%3d%3D&x=+%20~`,
    patched: '/session/1?_state=a%2Fb%3d%3D&x=+%20~',
  },
  'relative to the host': { tls: false, location: () => '/session/1?s=1', patched: '/session/1?s=1' },
  'relative to the request': { tls: false, location: () => 'session?s=1', patched: '/v2/zenml/api/blobs/uploads/session?s=1' },
  'without a scheme': { tls: true, location: ({ host }) => `//${host}/session/1?s=1`, patched: '/session/1?s=1' },
  'without a query': { tls: false, location: () => '/session/1', patched: '/session/1', put: `/session/1?digest=${DIGEST}` },
  'http, behind a proxy that speaks TLS': {
    tls: true,
    location: ({ host }) => `http://${host}/session/1?s=1`,
    patched: '/session/1?s=1',
  },
  'http and without the port': { tls: true, location: () => 'http://127.0.0.1/session/1?s=1', patched: '/session/1?s=1' },
  'https and without the port': { tls: true, location: () => 'https://127.0.0.1/session/1?s=1', patched: '/session/1?s=1' },
  'with the port that the proxy has inside': {
    tls: true,
    location: () => 'http://127.0.0.1:5000/session/1?s=1',
    patched: '/session/1?s=1',
  },
  'with a digest of its own': {
    tls: false,
    location: () => '/session/1?digest=&s=%2f',
    patched: '/session/1?digest=&s=%2f',
    put: `/session/1?s=%2f&digest=${DIGEST}`,
  },
  'with the right digest in it': {
    tls: false,
    location: () => `/session/1?digest=${image.layer.descriptor.digest}&s=%2f`,
    patched: `/session/1?digest=${image.layer.descriptor.digest}&s=%2f`,
    put: `/session/1?digest=${image.layer.descriptor.digest}&s=%2f`,
  },
};

suite('faults: where an upload goes on', () => {
  for (const [what, { tls, location, patched, put }] of Object.entries(CASES)) {
    test(`fault 18: Location ${what}`, async () => {
      await using registry = (await ScriptedRegistry.start({ tls })).hold([image.config]);
      wantBasic(registry);
      registry.script('Location', { method: 'POST' }, answers(202, { headers: { Location: location(registry) } }));
      registry.script('session', { path: AT_SESSION, times: ALWAYS }, takesUpload(registry));
      await push(registry, image, { credentials: credentialsFor(registry) });
      assert.deepEqual(registry.faults.slice(-3), ['Location', 'session', 'session']);
      const [patch, commit] = registry.requested(AT_SESSION);
      assert.equal(`${patch?.path}${patch?.query}`, patched);
      assert.equal(`${commit?.path}${commit?.query}`, put ?? `${patched}&digest=${DIGEST}`);
      assert.ok(patch?.headers.authorization, 'it is the registry itself');
    });
  }

  test('fault 18: Location at another host: the upload goes there, the credential does not', async () => {
    await using registry = (await ScriptedRegistry.start()).hold([image.config]);
    await using storage = await ScriptedRegistry.start();
    wantBasic(registry);
    // Another name, for the same name with another port would be taken for the registry behind its proxy.
    const location = `http://localhost:${storage.registry.port}/session/1?X-Signature=a%2fb`;
    registry.script('Location', { method: 'POST' }, answers(202, { headers: { Location: location } }));
    storage.script('session', { times: ALWAYS }, takesUpload(registry));
    await push(registry, image, { credentials: credentialsFor(registry) });
    assert.deepEqual(storage.requests(), ['PATCH (session)', 'PUT (session)']);
    assert.equal(storage.log[1]?.query, `?X-Signature=a%2fb&digest=${DIGEST}`);
    assert.ok(storage.log.every(({ headers }) => headers.authorization === undefined && headers.cookie === undefined));
  });

  test('fault 18: Location from https to another host’s http is refused, and nothing is sent there', async () => {
    await using registry = (await ScriptedRegistry.start({ tls: true })).hold([image.config]);
    await using storage = await ScriptedRegistry.start();
    wantBasic(registry);
    const location = `http://localhost:${storage.registry.port}/session/1`;
    registry.script('Location', { method: 'POST', times: ALWAYS }, answers(202, { headers: { Location: location } }));
    const error = await failureOf(push(registry, image, { credentials: credentialsFor(registry) }));
    assert.equal(error.code, 'INVALID_RESPONSE');
    assert.match(error.message, /sends an upload from https to http, to localhost:\d+$/);
    assert.deepEqual(registry.requests('/uploads/'), ['POST (Location)']);
    assert.equal(storage.log.length, 0);
  });

  for (const [what, location] of [
    ['absent', undefined],
    ['empty', ''],
    ['no URL', 'http://['],
    ['of another scheme', 'file:///etc/passwd'],
    ['with a password in it', 'http://me:s3cret@127.0.0.1/session/1'],
  ] as const) {
    test(`fault 18: Location that is ${what} is told once, without what it hides`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold([image.config]);
      const headers = location === undefined ? {} : { Location: location };
      registry.script('Location', { method: 'POST', times: ALWAYS }, answers(202, { headers }));
      const error = await failureOf(push(registry, image));
      assert.equal(error.code, 'INVALID_RESPONSE');
      assert.match(error.message, /invalid Location/);
      assert.doesNotMatch(error.message, /s3cret/);
      assert.deepEqual(registry.requests('/uploads/'), ['POST (Location)']);
    });
  }
});
