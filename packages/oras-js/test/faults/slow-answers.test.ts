import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MediaType, type RegistryClientOptions } from 'oras-js';
import { drips, dripsHead } from './rig/hostile-replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const AT_TAG = /manifests\/1\.0/;
const OCI_INDEX = { 'Content-Type': MediaType.ociIndex };
/** 20 ms a drip is 50 bytes a second: too slow from the first window on. */
const IMPATIENT: RegistryClientOptions = { timeouts: { stallMs: 300 }, retry: { attempts: 2 } };

suite('hostile answers: a byte now and then', () => {
  test('the head of an answer', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('drip', { path: AT_TAG, times: ALWAYS }, dripsHead);
    const error = await failureOf(pull(registry, image, IMPATIENT));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.match(error.message, /fewer than 512 bytes a second came for 0\.3 s/);
    assert.deepEqual(registry.faults, ['drip', 'drip']);
  });

  test('a manifest', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('drip', { path: AT_TAG, times: ALWAYS }, drips(200, OCI_INDEX));
    const error = await failureOf(pull(registry, image, IMPATIENT));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.match(error.message, /fewer than 512 bytes a second/);
    assert.deepEqual(registry.faults, ['drip', 'drip']);
  });

  test('a manifest that is slow once and then comes', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('drip', { path: AT_TAG }, drips(200, OCI_INDEX));
    await pull(registry, image, IMPATIENT);
    assert.deepEqual(registry.requests(AT_TAG), ['GET (drip)', 'GET']);
  });

  test('a token', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('drip', { path: /^\/token/, times: ALWAYS }, drips(200));
    wantToken(registry);
    const error = await failureOf(pull(registry, image, { ...IMPATIENT, credentials: credentialsFor(registry) }));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.match(error.message, /fewer than 512 bytes a second/);
    assert.deepEqual(registry.requests('/token'), ['GET (drip)', 'GET (drip)']);
  });

  for (const bytes of [70_000, 3_000_000]) {
    test(`a blob of ${bytes} bytes`, async () => {
      const large = sampleImage({ layerBytes: bytes });
      await using registry = (await ScriptedRegistry.start()).hold(large.contents);
      const path = new RegExp(`/blobs/${large.layer.descriptor.digest}`);
      registry.script('drip', { path }, drips(200, { 'Content-Length': bytes }));
      registry.script('drip', { path, times: ALWAYS }, (exchange) => {
        const first = Number(/\d+/.exec(exchange.served.headers.range ?? '')?.[0] ?? 0);
        return drips(206, { 'Content-Length': bytes - first, 'Content-Range': `bytes ${first}-${bytes - 1}/${bytes}` })(exchange);
      });
      const error = await failureOf(pull(registry, large, IMPATIENT));
      assert.equal(error.code, 'CONNECTION_FAILED');
      assert.match(error.message, /fewer than 512 bytes a second/);
      assert.deepEqual(registry.faults, ['drip', 'drip']);
    });
  }
});
