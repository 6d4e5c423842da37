import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answers, changes, redirects } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, PASSWORD, unauthorized, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, push, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer } = image;

suite('hostile answers: credentials led away', () => {
  for (const realm of [
    'http://127.0.0.1:PORT/token',
    'ftp://127.0.0.1:PORT/token',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ]) {
    test(`a registry over TLS that names ${realm} gets no password sent there`, async () => {
      await using registry = (await ScriptedRegistry.start({ tls: true })).hold(image.contents);
      await using elsewhere = await ScriptedRegistry.start();
      const named = realm.replace('PORT', String(elsewhere.registry.port));
      registry.script('realm', { times: ALWAYS }, unauthorized(`Bearer realm="${named}",service="registry"`));
      const error = await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
      assert.equal(error.code, 'INVALID_RESPONSE');
      assert.ok(registry.faults.length > 0);
      assert.equal(elsewhere.log.length, 0);
      assert.ok(registry.log.every(({ headers }) => headers.authorization === undefined));
    });
  }

  test('a token server that redirects to another origin takes no password there', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    await using elsewhere = await ScriptedRegistry.start();
    registry.script('redirect', { path: /^\/token/, times: ALWAYS }, redirects(`${elsewhere.origin}/token`));
    elsewhere.script('greedy', { times: ALWAYS }, answers(200, { body: { token: 'bait' } }));
    wantToken(registry);
    await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
    assert.ok(elsewhere.faults.includes('greedy'));
    const seen = JSON.stringify(elsewhere.log.map(({ headers, query }) => [headers, query]));
    assert.ok(!seen.includes(Buffer.from(`:${PASSWORD}`).toString('base64').slice(4, 16)) && !seen.includes(PASSWORD));
    assert.ok(elsewhere.log.every(({ headers }) => headers.authorization === undefined));
  });

  test('an upload that is led to another host in its middle, by Location or by a redirect, takes no token there', async () => {
    for (const how of ['Location', 'redirect'] as const) {
      await using registry = (await ScriptedRegistry.start()).hold([image.config]);
      await using elsewhere = await ScriptedRegistry.start();
      const url = `http://localhost:${elsewhere.registry.port}/session?s=1`;
      if (how === 'Location') registry.script(how, { method: 'PATCH' }, changes({ headers: { Location: url } }));
      else registry.script(how, { method: 'PUT', path: /uploads/ }, redirects(url));
      wantToken(registry);
      elsewhere.script('commit', { method: 'PUT' }, (exchange) => {
        registry.registry.blobs.set(layer.descriptor.digest, Buffer.from(layer.bytes));
        return answers(201)(exchange);
      });
      await push(registry, image, { credentials: credentialsFor(registry) });
      assert.ok(registry.faults.includes(how), how);
      assert.deepEqual(elsewhere.requests(), ['PUT (commit)'], how);
      assert.equal(elsewhere.log[0]?.headers.authorization, undefined, how);
    }
  });
});
