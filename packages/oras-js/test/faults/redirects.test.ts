import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Exchange } from '../registry/fake-registry.ts';
import { answers, redirects } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, wantBasic } from './rig/sign-in.ts';
import { pull, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer } = image;
const AT_LAYER = new RegExp(`/blobs/${layer.descriptor.digest}`);
const SECRETS = ['authorization', 'cookie', 'proxy-authorization', 'x-jfrog-art-api'];

/** As S3: a credential beside the signed URL's own is one too many. */
async function s3(exchange: Exchange) {
  const isRefused = SECRETS.some((name) => exchange.served.headers[name] !== undefined);
  const body = '<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>';
  return (isRefused ? answers(400, { body }) : answers(200, { body: Buffer.from(layer.bytes) }))(exchange);
}

suite('faults: redirects', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`fault 7: ${status} to another origin whose storage refuses any credential header (S3)`, async () => {
      await using registry = await ScriptedRegistry.start();
      await using storage = await ScriptedRegistry.start();
      registry.hold(image.contents);
      wantBasic(registry);
      registry.script('redirect', { method: 'GET', path: AT_LAYER }, redirects(`${storage.origin}/signed?X-Amz=1%2f2`, status));
      storage.script('S3', { times: ALWAYS }, s3);
      await pull(registry, image, { credentials: credentialsFor(registry) });
      assert.deepEqual(registry.requests(AT_LAYER), ['GET (redirect)']);
      assert.ok(registry.requested(AT_LAYER)[0]?.headers.authorization, 'the registry itself was signed in to');
      assert.deepEqual(storage.requests(), ['GET (S3)']);
      assert.equal(storage.log[0]?.query, '?X-Amz=1%2f2');
    });
  }

  test('fault 7: a redirect back to the registry does not bring the credential back', async () => {
    await using registry = await ScriptedRegistry.start();
    await using storage = await ScriptedRegistry.start();
    registry.hold(image.contents);
    registry.script('open mirror', { method: 'GET', path: /^\/mirror/ }, s3);
    wantBasic(registry);
    registry.script('redirect', { method: 'GET', path: AT_LAYER }, redirects(`${storage.origin}/away`));
    storage.script('redirect back', {}, redirects(`${registry.origin}/mirror`));
    await pull(registry, image, { credentials: credentialsFor(registry) });
    assert.deepEqual(registry.requests('/mirror'), ['GET (open mirror)']);
    assert.deepEqual(storage.faults, ['redirect back']);
  });

  for (const status of [403, 400, 405, 501]) {
    test(`fault 8: HEAD redirected to a URL that was signed for GET is answered ${status}`, async () => {
      await using registry = await ScriptedRegistry.start();
      await using storage = await ScriptedRegistry.start();
      registry.hold([layer]);
      registry.script(
        'redirect',
        { method: ['HEAD', 'GET'], path: AT_LAYER, times: ALWAYS },
        redirects(`${storage.origin}/signed`),
      );
      storage.script('signed for GET', { method: 'HEAD', times: ALWAYS }, answers(status));
      storage.script('first byte', { method: 'GET' }, (exchange) =>
        answers(206, {
          headers: { 'Content-Range': `bytes 0-0/${layer.descriptor.size}` },
          body: Buffer.from(layer.bytes.subarray(0, 1)),
        })(exchange),
      );
      await push(registry, image);
      // The layer is there, so it is not sent: one GET of one byte found that out.
      assert.deepEqual(registry.requests(AT_LAYER), ['HEAD (redirect)', 'GET (redirect)']);
      assert.deepEqual(storage.requests(), ['HEAD (signed for GET)', 'GET (first byte)']);
      assert.equal(storage.log[1]?.headers.range, 'bytes=0-0');
    });
  }

  test('fault 8: a blob whose first byte is there, but not its whole size, is sent', async () => {
    await using registry = await ScriptedRegistry.start();
    await using storage = await ScriptedRegistry.start();
    registry.script('redirect', { method: ['HEAD', 'GET'], path: AT_LAYER, times: 2 }, redirects(`${storage.origin}/signed`));
    storage.script('signed for GET', { method: 'HEAD', times: ALWAYS }, answers(403));
    storage.script('a part of it', { method: 'GET' }, answers(206, { headers: { 'Content-Range': 'bytes 0-0/7' }, body: 'x' }));
    await push(registry, image);
    assert.deepEqual(storage.faults, ['signed for GET', 'a part of it']);
    assert.ok(registry.requests().includes('PATCH'));
  });
});
