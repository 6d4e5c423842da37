import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answers, errors } from './rig/replies.ts';
import { ALWAYS, type Matching, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, PASSWORD, unauthorized, wantToken } from './rig/sign-in.ts';
import { failureOf, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer } = image;
const FROM = 'zenml/other';
const MOUNT: Matching = { method: 'POST', path: /[?&]mount=/, times: ALWAYS };
const mountFrom = () => FROM;

/** A registry that lacks the layer alone; the push asks for it to be mounted. */
async function registryWithConfig(): Promise<ScriptedRegistry> {
  return (await ScriptedRegistry.start()).hold([image.config]);
}

suite('faults: mounts', () => {
  test('fault 19: mount is answered 202: the upload goes on at its Location', async () => {
    await using registry = await registryWithConfig();
    await push(registry, image, { mountFrom });
    // FakeRegistry mounts what it has; it has not the layer.
    assert.deepEqual(registry.requests('/uploads/'), ['POST', 'PATCH', 'PUT']);
    const [post, patch] = registry.requested('/uploads/');
    assert.match(post?.query ?? '', new RegExp(`mount=${encodeURIComponent(layer.descriptor.digest)}&from=zenml%2Fother`));
    assert.match(patch?.path ?? '', /uploads\/1$/);
  });

  test('fault 19: mount is answered 202 without a Location: the upload begins by itself', async () => {
    await using registry = await registryWithConfig();
    registry.script('202', MOUNT, answers(202));
    await push(registry, image, { mountFrom });
    assert.deepEqual(registry.requests('/uploads/'), ['POST (202)', 'POST', 'PATCH', 'PUT']);
  });

  test('fault 19: the session of a 202 is gone when the upload comes: it begins anew', async () => {
    await using registry = await registryWithConfig();
    registry.script('202', MOUNT, answers(202, { headers: { Location: '/v2/zenml/api/blobs/uploads/gone' } }));
    registry.script(
      'gone',
      { path: /uploads\/gone/ },
      answers(404, { body: errors('BLOB_UPLOAD_UNKNOWN', 'blob upload unknown') }),
    );
    await push(registry, image, { mountFrom });
    assert.deepEqual(registry.requests('/uploads/'), ['POST (202)', 'PATCH (gone)', 'POST', 'PATCH', 'PUT']);
  });

  for (const [status, why] of [
    [400, 'a one-segment source at Harbor'],
    [403, 'the account may not read the source'],
    [404, 'no such source'],
    [405, 'zot without a digest, or none known'],
  ] as const) {
    test(`fault 19: mount is answered ${status} (${why}): ordinary upload`, async () => {
      await using registry = await registryWithConfig();
      registry.script(String(status), MOUNT, answers(status, { body: errors('UNSUPPORTED', why) }));
      await push(registry, image, { mountFrom });
      assert.deepEqual(registry.requests('/uploads/'), [`POST (${status})`, 'POST', 'PATCH', 'PUT']);
    });
  }

  test('fault 19: mount is answered 401, whatever the token (Harbor): ordinary upload', async () => {
    await using registry = await registryWithConfig();
    registry.script('401', MOUNT, unauthorized());
    const { issued } = wantToken(registry);
    await push(registry, image, { mountFrom, credentials: credentialsFor(registry) });
    // Once with the token that there was, once with a fresh one.
    assert.deepEqual(registry.requests('/uploads/'), ['POST (401)', 'POST (401)', 'POST', 'PATCH', 'PUT']);
    assert.ok(issued.length >= 2);
  });

  for (const status of [401, 403, 400]) {
    test(`fault 19: the token server refuses the scopes of a mount with ${status}: ordinary upload`, async () => {
      await using registry = await registryWithConfig();
      registry.script('no token', { path: /^\/token.*other/, times: ALWAYS }, answers(status, { body: errors('DENIED', 'no') }));
      wantToken(registry);
      await push(registry, image, { mountFrom, credentials: credentialsFor(registry) });
      assert.ok(registry.faults.includes('no token'));
      assert.deepEqual(registry.requests('/uploads/'), ['POST', 'PATCH', 'PUT']);
      assert.ok(!JSON.stringify(registry.log.map(({ path, query }) => path + query)).includes(PASSWORD));
    });
  }

  test('fault 19: a registry that fails with 500 at mounting, and at nothing else, takes the upload', async () => {
    await using registry = await registryWithConfig();
    registry.script('500', MOUNT, answers(500));
    await push(registry, image, { mountFrom, retry: { attempts: 2 } });
    assert.deepEqual(registry.requests('/uploads/'), ['POST (500)', 'POST (500)', 'POST', 'PATCH', 'PUT']);
  });

  test('fault 19: a mount refused by a rate limit is told: an upload would be, too', async () => {
    await using registry = await registryWithConfig();
    registry.script('429', MOUNT, answers(429));
    const error = await failureOf(push(registry, image, { mountFrom, retry: { attempts: 2 } }));
    assert.equal(error.code, 'RATE_LIMITED');
    assert.deepEqual(registry.requests('/uploads/'), ['POST (429)', 'POST (429)']);
  });
});
