import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { digestOf } from 'oras-js';
import { answers, changes, errors } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { failureOf, pull, push, pushTo, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer, manifest } = image;
const other = sampleImage({ seed: 2 });
const WRONG = digestOf(Buffer.from('something else'));
const AT_TAG = /\/manifests\/1\.0$/;
const BY_DIGEST = new RegExp(`/manifests/${manifest.descriptor.digest}`);

suite('faults: manifests that are not what is said of them', () => {
  test('fault 21: the commit came through, its answer did not, and its session is gone: HEAD finds the blob', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('answer lost', { method: 'PUT', path: /digest=/ }, ({ request }) => {
      registry.registry.blobs.set(layer.descriptor.digest, Buffer.from(layer.bytes));
      request.socket.resetAndDestroy();
    });
    await push(registry, image);
    assert.ok(registry.faults.includes('answer lost'));
    assert.deepEqual(registry.requests(/uploads/).slice(0, 3), ['POST', 'PATCH', 'PUT (answer lost)']);
    assert.equal(registry.requests(/digest=/).length, 2, 'the layer once, the config once');
  });

  test('fault 31: a wrong Docker-Content-Digest with a pull ends it', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('wrong', { path: AT_TAG, times: ALWAYS }, changes({ headers: { 'Docker-Content-Digest': WRONG } }));
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'DIGEST_MISMATCH');
    assert.equal(error.side, 'source');
    assert.deepEqual(registry.faults, ['wrong']);
  });

  test('fault 31: a HEAD that names another digest is not believed: the bytes tell', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('wrong', { method: 'HEAD', path: BY_DIGEST }, changes({ headers: { 'Docker-Content-Digest': WRONG } }));
    await push(registry, image);
    assert.deepEqual(registry.requests(), ['HEAD (wrong)', 'GET', 'GET']);
  });

  test('fault 31: a manifest stored under another digest is an error', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('wrong', { method: 'PUT', path: BY_DIGEST }, changes({ headers: { 'Docker-Content-Digest': WRONG } }));
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'DIGEST_MISMATCH');
    assert.equal(error.side, 'destination');
    assert.deepEqual(registry.faults, ['wrong']);
  });

  test('fault 31: a tag that moves while it is copied: what it named at first is copied', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('moves', { path: AT_TAG }, ({ response }) => {
      response.once('finish', () => registry.hold(other.contents));
      return 'pass';
    });
    const target = await pull(registry, image);
    assert.equal((await target.resolve('1.0')).digest, manifest.descriptor.digest);
    assert.deepEqual(registry.faults, ['moves']);
    assert.deepEqual(registry.requests(AT_TAG), ['GET (moves)']);
  });

  test('fault 33: a server that says 200 to everything has nothing', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('200', { times: ALWAYS }, answers(200, { headers: { 'Content-Type': 'text/html' }, body: '<p>Welcome</p>' }));
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'INVALID_RESPONSE');
    assert.match(error.remedy ?? '', /address is that of a registry/);
    assert.deepEqual(registry.requests(), ['HEAD (200)', 'GET (200)']);
  });

  for (const [what, path] of [
    ['a manifest', BY_DIGEST],
    ['a tag', AT_TAG],
  ] as const) {
    test(`fault 33: 200 to ${what} that is not kept is found out`, async () => {
      await using registry = await ScriptedRegistry.start();
      registry.script('200', { method: 'PUT', path }, answers(200));
      const error = await failureOf(pushTo(registry.repository(), image));
      assert.equal(error.code, 'INVALID_RESPONSE');
      assert.match(error.message, /answered 200 to manifest .*, but does not have it/);
      assert.deepEqual(registry.faults, ['200']);
    });
  }

  test('Artifactory’s MANIFEST_INVALID to a sound manifest: it is sent once more', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script(
      'spurious',
      { method: 'PUT', path: BY_DIGEST },
      answers(400, { body: errors('MANIFEST_INVALID', 'manifest invalid') }),
    );
    await push(registry, image);
    assert.deepEqual(registry.requests(BY_DIGEST), ['HEAD', 'PUT (spurious)', 'PUT']);
    assert.deepEqual(registry.requests(/blobs\/sha256/), ['HEAD', 'HEAD'], 'no blob was looked for again');
  });

  test('MANIFEST_INVALID to a manifest that stays refused ends after the content was looked at', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script(
      'invalid',
      { method: 'PUT', path: BY_DIGEST, times: ALWAYS },
      answers(400, { body: errors('MANIFEST_INVALID', 'no') }),
    );
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'REGISTRY_ERROR');
    assert.equal(registry.faults.length, 4);
  });
});
