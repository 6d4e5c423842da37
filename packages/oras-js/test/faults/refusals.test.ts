import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { RegistryEvent } from 'oras-js';
import { answers, errors } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, push, pushTo, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const other = sampleImage({ seed: 2 });
const { manifest } = image;
const AT_TAG = /\/manifests\/1\.0$/;
const BY_DIGEST = new RegExp(`/manifests/${manifest.descriptor.digest}`);

suite('faults: what a registry refuses', () => {
  test('fault 23: an immutable tag that names the same digest is not written again', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('immutable', { method: 'PUT', times: ALWAYS }, answers(412, { body: errors('PRECONDITION', 'immutable') }));
    await push(registry, image);
    assert.deepEqual(registry.requests(), ['HEAD', 'GET']);
  });

  for (const [name, status, body] of [
    ['Harbor', 412, errors('PRECONDITION', "Failed to process request due to 'a:1.0' configured as immutable.")],
    ['ECR', 400, errors('TAG_INVALID', 'The tag cannot be overwritten because the repository is immutable')],
    ['GAR', 400, errors('MANIFEST_INVALID', 'cannot update tag 1.0. The repository has enabled tag immutability')],
    ['Quay', 409, errors('TAG_IMMUTABLE', 'tag is immutable')],
    ['Nexus', 400, errors('BLOB_UPLOAD_INVALID', 'Repository does not allow updating assets')],
  ] as const) {
    test(`fault 23: an immutable tag that names another digest is a conflict, at ${name}, told at once`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(other.contents);
      registry.script('immutable', { method: 'PUT', path: AT_TAG, times: ALWAYS }, answers(status, { body }));
      const error = await failureOf(pushTo(registry.repository(), image));
      assert.equal(error.code, 'TAG_IMMUTABLE');
      assert.equal(error.side, 'destination');
      assert.deepEqual(registry.faults, ['immutable']);
    });
  }

  for (const [what, at, status, body, remedy] of [
    [
      'Harbor’s quota, after the bytes went',
      /digest=/,
      403,
      errors('DENIED', 'adding 4.9 KiB of storage resource, which … will exceed'),
      /quota/,
    ],
    ['Harbor’s read-only mode', /uploads\/$/, 403, errors('DENIED', 'The system is in read only mode.'), /read-only/],
    ['Harbor’s proxy project', /uploads\/$/, 403, errors('DENIED', 'can not push artifact to a proxy project'), /proxy cache/],
    ['Quay’s read-only mode', /uploads\/$/, 405, errors('DENIED', 'read-only'), /read-only/],
    ['Quay’s pushes switched off', /uploads\/$/, 405, errors('METHOD NOT ALLOWED', 'pushes are disabled'), /read-only/],
    ['distribution’s read-only mode, in plain text', /uploads\/$/, 405, 'Method not allowed\n', /read-only/],
  ] as const) {
    test(`fault 24: ${what} stops the push at once and is explained`, async () => {
      await using registry = await ScriptedRegistry.start();
      registry.script('refused', { method: ['POST', 'PUT'], path: at, times: ALWAYS }, answers(status, { body }));
      const error = await failureOf(pushTo(registry.repository(), image));
      assert.equal(error.code, 'DENIED');
      assert.match(error.remedy ?? '', remedy);
      assert.deepEqual(registry.faults, ['refused']);
    });
  }

  const date = (): string => new Date(Date.now() + 1_500).toUTCString();
  for (const [form, headers, isAsked] of [
    ['with seconds', () => ({ 'Retry-After': '0.05' }), true],
    ['with a date', () => ({ 'Retry-After': date() }), true],
    ['with none', () => ({}), false],
  ] as const) {
    for (const where of ['the registry', 'the token endpoint'] as const) {
      test(`fault 25: 429 ${form}, at ${where}`, async () => {
        await using registry = (await ScriptedRegistry.start()).hold(image.contents);
        const limited = errors('TOOMANYREQUESTS', 'slow down');
        const path = where === 'the registry' ? AT_TAG : /^\/token/;
        registry.script('429', { path }, (exchange) => answers(429, { headers: headers(), body: limited })(exchange));
        wantToken(registry);
        const events: RegistryEvent[] = [];
        await pull(registry, image, { credentials: credentialsFor(registry), onEvent: (event) => events.push(event) });
        assert.ok(registry.faults.includes('429'));
        assert.equal(events.filter(({ type }) => type === 'retry').length, 1);
        assert.equal(events.filter(({ type }) => type === 'wait').length, isAsked ? 1 : 0);
      });

      // A date has whole seconds: nobody waits for three of them.
      if (form === 'with a date') continue;
      test(`fault 25: 429 that never ends is given up, at ${where}, ${form}`, async () => {
        await using registry = (await ScriptedRegistry.start()).hold(image.contents);
        const path = where === 'the registry' ? AT_TAG : /^\/token/;
        registry.script(
          '429',
          { path, times: ALWAYS },
          answers(429, { headers: form === 'with none' ? {} : { 'Retry-After': '0.01' } }),
        );
        wantToken(registry);
        const options = { credentials: credentialsFor(registry), retry: { attempts: 3 } };
        assert.equal((await failureOf(pull(registry, image, options))).code, 'RATE_LIMITED');
        assert.equal(registry.faults.filter((fault) => fault === '429').length, 3);
      });
    }
  }

  test('fault 25: a 429 that asks for an hour is told, and not waited for', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('429', { path: AT_TAG, times: ALWAYS }, answers(429, { headers: { 'Retry-After': '3600' } }));
    const error = await failureOf(pull(registry, image));
    assert.match(error.message, /it asks to wait 60 min/);
    assert.deepEqual(registry.faults, ['429']);
  });

  for (const [what, body, told] of [
    ['a code with spaces', errors('METHOD NOT ALLOWED', 'no'), /answered 400 METHOD NOT ALLOWED: no$/],
    ['HTML', '<html><head><title>400 Bad\nRequest</title></head><body>…</body></html>', /answered 400 400 Bad Request$/],
    ['nothing', '', /answered 400$/],
    ['an array as detail', errors('NAME_INVALID', 'no', [{ description: 'too deep' }, 'a/b/c', 7, null]), /no too deep a\/b\/c$/],
    ['errors that are none', { errors: [null, 7, { code: { a: 1 }, message: [] }, 'plain'] }, /answered 400 plain$/],
    ['control characters', errors('BAD', '\u001b[2Jgone'), /BAD: [\x20-\x7e]+gone$/],
  ] as const) {
    test(`fault 29: an error whose body is ${what} is read`, async () => {
      await using registry = await ScriptedRegistry.start();
      registry.script('odd', { method: 'PUT', path: BY_DIGEST, times: ALWAYS }, answers(400, { body }));
      const error = await failureOf(pushTo(registry.repository(), image));
      assert.equal(error.code, 'REGISTRY_ERROR');
      assert.match(error.message, told);
      assert.deepEqual(registry.faults, ['odd']);
    });
  }

  test('fault 32: 403 to all that is absent is no obstacle: the push tells', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('403', { method: ['HEAD', 'GET'], path: /manifests/, times: ALWAYS }, (exchange) =>
      registry.registry.manifests.has(exchange.served.path.split('/').at(-1) ?? '') ? 'next' : answers(403)(exchange),
    );
    await push(registry, image);
    assert.deepEqual([...new Set(registry.faults)], ['403']);
    assert.deepEqual(registry.requests(AT_TAG), ['GET (403)', 'PUT']);
  });

  test('fault 35: 412 to every read of a manifest: the push is taken as its answer says', async () => {
    await using registry = await ScriptedRegistry.start();
    const policy = errors('PROJECTPOLICYVIOLATION', 'The image is not signed by cosign.');
    registry.script('policy', { method: ['HEAD', 'GET'], path: /manifests/, times: ALWAYS }, answers(412, { body: policy }));
    await push(registry, image);
    assert.ok(registry.faults.includes('policy'));
    assert.deepEqual(registry.requests(AT_TAG), ['GET (policy)', 'PUT']);
  });

  test('fault 35: 412 to a pull names the policy', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const policy = errors('PROJECTPOLICYVIOLATION', 'The image is not signed by cosign.');
    registry.script('policy', { path: /manifests/, times: ALWAYS }, answers(412, { body: policy }));
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'WITHHELD');
    assert.match(error.message, /PROJECTPOLICYVIOLATION: The image is not signed by cosign\./);
    assert.deepEqual(registry.faults, ['policy']);
  });
});
