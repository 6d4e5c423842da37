import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegistryEvent } from 'oras-js';
import { registryNotes } from '../src/index.ts';

function rig() {
  const said: string[] = [];
  const clock = { ms: 0 };
  const listen = registryNotes(
    { note: (text) => said.push(`note ${text}`), waiting: (text) => said.push(`waiting ${text}`) },
    () => clock.ms,
  );
  return { said, clock, listen };
}

test('a retry is said with its reason; the same again only after a while', () => {
  const { said, clock, listen } = rig();
  const retry: RegistryEvent = { type: 'retry', host: 'r.example', attempt: 1, delayMs: 1000, reason: 'connection reset' };
  const text = 'waiting r.example: connection reset; trying again in 1.0 s';
  listen(retry);
  listen({ ...retry, attempt: 2 });
  assert.deepEqual(said, [text]);
  clock.ms = 10_000;
  listen(retry);
  assert.deepEqual(said, [text, text]);
});

test('a reason that begins with the host names it once; many requests that fail alike are one note', () => {
  const { said, listen } = rig();
  for (const blob of ['sha256:1', 'sha256:2']) {
    const reason = `r.example/zenml/api: cannot push blob ${blob}: the registry answered 503`;
    listen({ type: 'retry', host: 'r.example', attempt: 1, delayMs: 1000, reason });
  }
  assert.deepEqual(said, [
    'waiting r.example/zenml/api: cannot push blob sha256:1: the registry answered 503; trying again in 1.0 s',
  ]);
});

test('a registry that does not answer is named, with what it was asked; the same again only after a while', () => {
  const { said, clock, listen } = rig();
  const unanswered: RegistryEvent = { type: 'unanswered', host: 'r.example', method: 'GET', path: '/v2/', waitedMs: 5000 };
  listen(unanswered);
  listen(unanswered);
  assert.deepEqual(said, ['waiting r.example has not answered to GET /v2/ for 5.0 s; still waiting']);
  clock.ms = 10_000;
  listen({ ...unanswered, method: '', path: '' });
  assert.equal(said[1], 'waiting r.example has not answered for 5.0 s; still waiting');
});

test('a pause that a registry asks for is said where it is long enough to be felt', () => {
  const { said, listen } = rig();
  listen({ type: 'wait', host: 'r.example', delayMs: 999 });
  listen({ type: 'wait', host: 'r.example', delayMs: 12_000 });
  assert.deepEqual(said, ['waiting r.example asks for a pause of 12 s']);
});

test('a registry without TLS is warned of once, unless nothing leaves this machine', () => {
  const { said, listen } = rig();
  for (const host of ['127.0.0.1:5000', 'localhost', 'localhost:5000', 'r.localhost:5000', '[::1]:5000']) {
    listen({ type: 'plain-http', host });
  }
  for (const host of ['r.example', 'r.example', '127.0.0.1.example']) listen({ type: 'plain-http', host });
  assert.deepEqual(
    said,
    ['r.example', '127.0.0.1.example'].map(
      (host) => `note warning: ${host} does not speak TLS: credentials and content travel unencrypted`,
    ),
  );
});
