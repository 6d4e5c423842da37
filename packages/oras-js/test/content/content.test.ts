import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ContentVerifier, contentOf, digestOf, escapeControl, fetchBytes, MemoryTarget, verifyContent } from 'oras-js';
import { collect } from '../collect.ts';
import { sampleBytes, sampleContent } from '../sample-graph.ts';

const { descriptor, bytes } = sampleContent('application/octet-stream', sampleBytes(1000, 1));

test('escapeControl leaves words alone and shows what would act or hide', () => {
  assert.equal(escapeControl('Grüße, 世界 👍'), 'Grüße, 世界 👍');
  assert.equal(escapeControl('a\u001b[31m\r\nb\u009bc'), 'a\\u001b[31m\\u000d\\u000ab\\u009bc');
  assert.equal(escapeControl('exe\u202egnp'), 'exe\\u202egnp');
  assert.equal(escapeControl('a\u200bb\ud800'), 'a\\u200bb\\ud800');
  assert.equal(escapeControl('x'.repeat(300), 5), 'xxxxx…');
});

test('a verifier accepts exactly the content, however it is cut', () => {
  const verifier = new ContentVerifier(descriptor, 'here');
  for (let at = 0; at < 1000; at += 7) verifier.update(bytes.subarray(at, at + 7));
  assert.equal(verifier.received, 1000);
  verifier.finish();
});

test('a verifier goes on where another one stopped', () => {
  const first = new ContentVerifier(descriptor, 'here');
  first.update(bytes.subarray(0, 400));
  const position = first.position();
  first.update(Buffer.from('lost on the way'));
  const second = new ContentVerifier(descriptor, 'here', position);
  second.update(bytes.subarray(400));
  second.finish();
});

test('a verifier stops an endless body at once, and says what it found', () => {
  const verifier = new ContentVerifier(descriptor, 'registry.example/a');
  verifier.update(bytes);
  assert.throws(() => verifier.update(Buffer.from('x')), {
    code: 'SIZE_MISMATCH',
    message: `registry.example/a: ${descriptor.digest} should have 1000 bytes, there are more`,
  });
  const short = new ContentVerifier(descriptor, 'here');
  short.update(bytes.subarray(1));
  assert.throws(() => short.finish(), { code: 'SIZE_MISMATCH' });
  const other = new ContentVerifier(descriptor, 'here');
  other.update(Buffer.alloc(1000));
  assert.throws(() => other.finish(), { code: 'DIGEST_MISMATCH' });
});

test('verifyContent knows sha512 too', async () => {
  const strong = { ...descriptor, digest: digestOf(bytes, 'sha512') };
  assert.deepEqual(await collect(verifyContent(strong, contentOf(bytes)(), { where: 'here' })), bytes);
  await assert.rejects(collect(verifyContent(strong, contentOf(Buffer.alloc(1000))(), { where: 'here' })), {
    code: 'DIGEST_MISMATCH',
  });
});

test('contentOf can be opened again, at an offset, with a hash that goes on', async () => {
  const open = contentOf(bytes);
  assert.deepEqual(await collect(open()), bytes);
  const hash = createHash('sha256').update(bytes.subarray(0, 10));
  assert.deepEqual(await collect(open({ resume: { offset: 10, hash } })), bytes.subarray(10));
  assert.equal(`sha256:${hash.digest('hex')}`, descriptor.digest);
});

test('fetchBytes refuses what says that it is large before it reads', async () => {
  const target = new MemoryTarget();
  await target.push(descriptor, contentOf(bytes));
  assert.deepEqual(await fetchBytes(target, descriptor), bytes);
  await assert.rejects(fetchBytes(target, descriptor, { maxBytes: 999 }), { code: 'TOO_LARGE' });
  const fetch = () => assert.fail('it was read');
  await assert.rejects(fetchBytes({ fetch }, { ...descriptor, size: 4 * 1024 * 1024 + 1 }), { code: 'TOO_LARGE' });
});
