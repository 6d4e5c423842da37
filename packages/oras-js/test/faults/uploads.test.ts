import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Exchange } from '../registry/fake-registry.ts';
import { answers, changes, errors, resetsAfter } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { failureOf, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage({ layerBytes: 3_000_000 });
const { layer } = image;
const BYTES = Buffer.from(layer.bytes);
const NGINX_413 =
  '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n';

/** A registry that lacks the layer alone. */
async function registryWithConfig(): Promise<ScriptedRegistry> {
  return (await ScriptedRegistry.start()).hold([image.config]);
}

function layerUpload(registry: ScriptedRegistry): string[] {
  return registry.requests(new RegExp(`/uploads/|blobs/${layer.descriptor.digest}`));
}

suite('faults: uploads', () => {
  test('fault 14: nginx answers 413 in HTML before it has read the body: told once, with what to set', async () => {
    await using registry = await registryWithConfig();
    registry.script('413', { method: 'PATCH', times: ALWAYS }, answers(413, { body: NGINX_413, early: true }));
    const error = await failureOf(push(registry, image));
    assert.equal(error.code, 'TOO_LARGE');
    assert.equal(error.side, 'destination');
    assert.match(error.message, /cannot push blob sha256:[0-9a-f]{64}: the registry answered 413 413 Request Entity Too Large$/);
    assert.match(error.remedy ?? '', /nginx: client_max_body_size 0/);
    assert.deepEqual(registry.requests('/uploads/'), ['POST', 'PATCH (413)']);
  });

  test('fault 14: a registry that takes no PATCH and limits the one PUT says so once (ACR)', async () => {
    await using registry = await registryWithConfig();
    registry.script('no PATCH', { method: 'PATCH', times: ALWAYS }, answers(405, { early: true }));
    registry.script('413', { method: 'PUT', times: ALWAYS }, answers(413, { early: true }));
    const error = await failureOf(push(registry, image));
    assert.equal(error.code, 'TOO_LARGE');
    assert.match(error.remedy ?? '', /PATCH was refused/);
    assert.deepEqual(registry.requests('/uploads/'), ['POST', 'PATCH (no PATCH)', 'POST', 'PUT (413)']);
  });

  for (const code of ['BLOB_UPLOAD_INVALID', 'BLOB_UPLOAD_UNKNOWN']) {
    test(`fault 15: the connection is reset mid-PATCH and the old Location answers 404 ${code}: all begins anew`, async () => {
      await using registry = await registryWithConfig();
      registry.script('reset', { method: 'PATCH', path: /uploads\/1\?/ }, resetsAfter(1_000_000));
      registry.script(
        'session gone',
        { path: /uploads\/1\?/, times: ALWAYS },
        answers(404, { body: errors(code, 'blob upload') }),
      );
      await push(registry, image);
      assert.deepEqual(layerUpload(registry), ['HEAD', 'POST', 'PATCH (reset)', 'HEAD', 'POST', 'PATCH', 'PUT', 'HEAD']);
      // From the source's beginning, not from where it broke.
      const again = registry.requested(/uploads\/2\?/).find(({ method }) => method === 'PATCH');
      assert.ok(again?.body.equals(BYTES));
    });

    test(`fault 15: the session is gone at the commit, 404 ${code}: all begins anew`, async () => {
      await using registry = await registryWithConfig();
      registry.script('session gone', { method: 'PUT', path: /uploads/ }, answers(404, { body: errors(code, 'blob upload') }));
      await push(registry, image);
      assert.deepEqual(layerUpload(registry), [
        'HEAD',
        'POST',
        'PATCH',
        'PUT (session gone)',
        'HEAD',
        'POST',
        'PATCH',
        'PUT',
        'HEAD',
      ]);
    });
  }

  test('fault 16: PATCH is answered 201 with a Range that is stuck (ECR): nothing is sent again', async () => {
    await using registry = await registryWithConfig();
    registry.script('201', { method: 'PATCH', times: ALWAYS }, changes({ status: 201, headers: { Range: '0-0' } }));
    await push(registry, image);
    assert.deepEqual(layerUpload(registry), ['HEAD', 'POST', 'PATCH (201)', 'PUT', 'HEAD']);
  });

  test('fault 16: PATCH is answered 204 without a Location: the commit goes where the PATCH went', async () => {
    await using registry = await registryWithConfig();
    registry.script('204', { method: 'PATCH', times: ALWAYS }, changes({ status: 204, headers: { Location: undefined } }));
    await push(registry, image);
    assert.deepEqual(layerUpload(registry), ['HEAD', 'POST', 'PATCH (204)', 'PUT', 'HEAD']);
  });

  test('fault 17: the last part alone was stored, and 201 said (Artifactory): HEAD tells, and one PUT sends all', async () => {
    await using registry = await registryWithConfig();
    registry.script('last part', { method: 'PUT', path: /uploads/ }, storesLastPart(registry));
    await push(registry, image);
    assert.deepEqual(layerUpload(registry), ['HEAD', 'POST', 'PATCH', 'PUT (last part)', 'HEAD', 'HEAD', 'POST', 'PUT', 'HEAD']);
  });

  test('fault 17: a registry that never stores the whole is told, and gets no manifest', async () => {
    await using registry = await registryWithConfig();
    registry.script('last part', { method: 'PUT', path: /uploads/, times: ALWAYS }, storesLastPart(registry));
    const error = await failureOf(push(registry, image, { retry: { attempts: 3 } }));
    assert.equal(error.code, 'INVALID_RESPONSE');
    assert.match(error.message, /answered 201 to blob sha256:[0-9a-f]{64}, but does not have it/);
    assert.equal(registry.faults.length, 3);
    assert.deepEqual(registry.requests('/manifests/1.0'), []);
  });

  test('fault 17: an account that may push and not read is not in the way of its own upload', async () => {
    await using registry = await ScriptedRegistry.start();
    const times = ALWAYS;
    registry.script('may not read', { method: 'HEAD', path: /blobs/, times: 1 }, answers(404));
    registry.script(
      'may not read',
      { method: ['HEAD', 'GET'], path: /blobs/, times },
      answers(403, { body: errors('DENIED', 'no') }),
    );
    const repository = registry.repository();
    await repository.push(layer.descriptor, async function* () {
      yield [BYTES];
    });
    registry.assertHolds([layer]);
    assert.deepEqual(registry.requests('/uploads/'), ['POST', 'PATCH', 'PUT']);
  });
});

function storesLastPart(registry: ScriptedRegistry) {
  return (exchange: Exchange) => {
    const digest = exchange.url.searchParams.get('digest') ?? '';
    registry.registry.blobs.set(digest, BYTES.subarray(-5_000));
    return answers(201, { headers: { 'Docker-Content-Digest': digest } })(exchange);
  };
}
