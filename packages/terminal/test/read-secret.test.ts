import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promptSecret } from '../src/read-secret.ts';
import { FakeHost } from './fake-host.ts';

function asked(typed: string, { end = false, signal }: { end?: boolean; signal?: AbortSignal } = {}) {
  const host = new FakeHost();
  const input = host.stdin as unknown as NodeJS.WritableStream;
  input.write(typed);
  if (end) input.end();
  return { host, answer: promptSecret('Passphrase for airgap.key: ', host, signal) };
}

test('a passphrase is asked for without echo', async () => {
  const { host, answer } = asked(' correct horse \n');
  assert.equal(await answer, ' correct horse ');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(host.err.join(''), 'Passphrase for airgap.key: \n');
  assert.equal(host.out.join(''), '');
});

test('Ctrl-C at the prompt is an interruption', async () => {
  await assert.rejects(asked('half\u0003').answer, { code: 'ABORTED' });
});

test('Ctrl-D at the prompt, and input that ends, are a passphrase that is lacking', async () => {
  const lacking = { code: 'PASSPHRASE_REQUIRED', message: 'nothing was entered at “Passphrase for airgap.key”' };
  await assert.rejects(asked('\u0004').answer, lacking);
  await assert.rejects(asked('', { end: true }).answer, lacking);
});

test('a signal ends the prompt', async () => {
  const abort = new AbortController();
  const { answer } = asked('', { signal: abort.signal });
  abort.abort();
  await assert.rejects(answer, { code: 'ABORTED' });
  await assert.rejects(asked('', { signal: abort.signal }).answer, { code: 'ABORTED' });
});
