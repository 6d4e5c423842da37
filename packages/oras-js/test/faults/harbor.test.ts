import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isManifestType } from 'oras-js';
import { answers, changes, errors } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, unauthorized, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, push, pushTo, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer, config, manifest } = image;

function withSession(registry: ScriptedRegistry): void {
  registry.script('sid', { path: /(?:)/, times: ALWAYS }, (exchange) => {
    if (exchange.served.headers.cookie !== undefined) {
      return answers(403, { body: errors('FORBIDDEN', 'CSRF token not found in request') })(exchange);
    }
    return changes({ headers: { 'Set-Cookie': 'sid=abc; Path=/; HttpOnly' } })(exchange);
  });
}

suite('faults: Harbor', () => {
  for (const name of ['fault 22', 'Harbor 1']) {
    test(`${name}: a cookie that is set with every answer is never sent back`, async () => {
      await using registry = await ScriptedRegistry.start();
      withSession(registry);
      await push(registry, image);
      assert.ok(registry.faults.length > 5);
      assert.ok(registry.log.every(({ headers }) => headers.cookie === undefined));
    });
  }

  test('Harbor 2: a wrong password is tried once, however much waits for it', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('locked', { path: /^\/token/, times: ALWAYS }, unauthorized());
    wantToken(registry);
    const repository = registry.repository({ credentials: credentialsFor(registry) });
    const error = await failureOf(pushTo(repository, image, { concurrency: 8 }));
    assert.equal(error.code, 'UNAUTHORIZED');
    assert.match(error.message, /from the test is not accepted/);
    assert.deepEqual(registry.requests(), ['GET (locked)']);
  });

  test('Harbor 2: an anonymous token for a wrong password is found out by the 401 that follows, not asked for again and again', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('useless', { path: /manifests/, times: ALWAYS }, unauthorized('Basic realm="harbor"'));
    wantToken(registry);
    const error = await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
    assert.equal(error.code, 'UNAUTHORIZED');
    assert.match(error.message, /the account is from the test/);
    assert.deepEqual(registry.faults.filter((fault) => fault === 'useless').length, 2);
  });

  test('Harbor 3: Basic in answer to a refused token does not make the password travel: a new token does', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('refused', { path: /blobs/ }, unauthorized('Basic realm="harbor"'));
    wantToken(registry);
    await pull(registry, image, { credentials: credentialsFor(registry) });
    assert.ok(registry.faults.includes('refused'));
    assert.ok(registry.requested(/^\/v2\//).every(({ headers }) => !headers.authorization?.startsWith('Basic')));
    assert.equal(registry.faults.filter((fault) => fault === 'token').length, 2);
  });

  test('Harbor 4: a 401 whose body says that the project is missing is no wrong password, though HEAD hides it', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('no project', { path: /zenml\/api/, times: ALWAYS }, unauthorized('', 'project zenml not found'));
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'NOT_FOUND');
    assert.match(error.message, /project zenml not found/);
    assert.match(error.remedy ?? '', /Create the project/);
    assert.deepEqual([...new Set(registry.faults)], ['no project']);
  });

  test('Harbor 7: a manifest is there for those alone who accept its type', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const [ociOnly, dockerToo] = [
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
    ];
    registry.script('wants types', { method: ['GET', 'HEAD'], path: /manifests/, times: ALWAYS }, (exchange) => {
      const accepted = exchange.served.headers.accept?.split(', ') ?? [];
      const isAccepted =
        accepted.includes(manifest.descriptor.mediaType) && accepted.includes(ociOnly) && accepted.includes(dockerToo);
      return isAccepted
        ? 'pass'
        : answers(404, { body: errors('MANIFEST_UNKNOWN', 'accept header does not support it') })(exchange);
    });
    await pull(registry, image);
    await push(registry, image);
    assert.ok(registry.faults.includes('wants types'));
    assert.ok(registry.requested(/manifests/).every(({ headers }) => headers.accept?.split(', ').every(isManifestType)));
  });

  for (const status of [400, 401, 403]) {
    test(`Harbor 8: a mount refused with ${status} becomes an upload`, async () => {
      await using registry = await ScriptedRegistry.start();
      registry.script(
        'no mount',
        { path: /mount=/, times: ALWAYS },
        answers(status, { body: errors('UNAUTHORIZED', 'from: no') }),
      );
      await push(registry, image, { mountFrom: () => 'elsewhere/api' });
      assert.deepEqual(registry.faults, ['no mount', 'no mount']);
      assert.equal(registry.requests(/digest=/).length, 2);
    });
  }

  test('Harbor 10: blobs, then the manifest, then the tag', async () => {
    await using registry = await ScriptedRegistry.start();
    await push(registry, image);
    const puts = registry.log.filter(({ method }) => method === 'PUT').map(({ path, query }) => path + query);
    const order = [layer, config, manifest].map(({ descriptor }) =>
      puts.findIndex((put) => decodeURIComponent(put).includes(descriptor.digest)),
    );
    assert.deepEqual(order, [0, 1, 2]);
    assert.match(puts[3] ?? '', /manifests\/1\.0$/);
    assert.equal(puts.length, 4);
  });

  test('Harbor 11: an immutable tag refuses even itself, so an equal one is left alone', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script(
      '412',
      { method: 'PUT', times: ALWAYS },
      answers(412, { body: errors('PRECONDITION', 'configured as immutable') }),
    );
    await push(registry, image);
    assert.deepEqual(registry.faults, []);
    assert.deepEqual(registry.requests(), ['HEAD', 'GET']);
    const moved = await failureOf(registry.repository().tag(manifest.descriptor, '1.0'));
    assert.equal(moved.code, 'TAG_IMMUTABLE');
    assert.deepEqual(registry.faults, ['412']);
  });

  test('Harbor 14: 502 heals, 403 DENIED does not', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('502', { method: 'POST' }, answers(502));
    registry.script(
      'quota',
      { method: 'PUT', path: /digest=/, times: ALWAYS },
      answers(403, { body: errors('DENIED', 'adding 1 KiB of storage resource … will exceed') }),
    );
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'DENIED');
    assert.match(error.remedy ?? '', /quota/);
    assert.deepEqual(registry.faults, ['502', 'quota']);
  });
});
