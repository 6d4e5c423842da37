import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answers, errors, resetsAfter } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { failureOf, push, pushTo, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const UNKNOWN = errors('NAME_UNKNOWN', 'The repository with name zenml/api does not exist in the registry');

suite('faults: uploads to a repository that is not there, or takes nothing', () => {
  for (const method of ['POST', 'PATCH']) {
    test(`fault 34: the connection is dropped at every ${method}, a read says that the repository is missing: so does the error`, async () => {
      await using registry = await ScriptedRegistry.start();
      registry.script('dropped', { method, times: ALWAYS }, resetsAfter(0));
      registry.script('unknown', { method: ['GET', 'HEAD'], times: ALWAYS, path: /zenml/ }, answers(404, { body: UNKNOWN }));
      const error = await failureOf(pushTo(registry.repository({ retry: { attempts: 3 } }), image));
      assert.equal(error.code, 'NOT_FOUND');
      assert.equal(error.side, 'destination');
      assert.match(error.message, /closes the connection .* does not exist in the registry/);
      assert.match(error.remedy ?? '', /Create the repository/);
      assert.equal(registry.faults.filter((fault) => fault === 'dropped').length, 3);
    });
  }

  test('fault 34: a dropped connection alone is told as one', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('dropped', { method: 'POST', times: ALWAYS }, resetsAfter(0));
    const error = await failureOf(pushTo(registry.repository({ retry: { attempts: 2 } }), image));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.equal(registry.faults.length, 2);
  });

  test('fault 34: a repository that its first push creates is pushed to, although a connection broke before', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('dropped', { method: 'POST' }, resetsAfter(0));
    registry.script('unknown', { method: 'GET', path: /blobs/, times: ALWAYS }, answers(404, { body: UNKNOWN }));
    await push(registry, image);
    assert.deepEqual(registry.faults, ['dropped']);
  });

  test('fault 23: Nexus refuses a blob as immutable: that is no lost session, and told at once', async () => {
    await using registry = await ScriptedRegistry.start();
    const refusal = errors('BLOB_UPLOAD_INVALID', 'Repository does not allow updating assets: zenml');
    registry.script('immutable', { method: 'PUT', times: ALWAYS }, answers(400, { body: refusal }));
    const error = await failureOf(pushTo(registry.repository(), image));
    assert.equal(error.code, 'TAG_IMMUTABLE');
    assert.deepEqual(registry.faults, ['immutable']);
  });
});
