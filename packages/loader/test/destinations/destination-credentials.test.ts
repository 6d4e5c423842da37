import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationCredentials } from '../../src/destinations/destination-credentials.ts';

const NOWHERE = { hosts: ['r.example:5000'], homeDirectory: '/nowhere' };
const ENV = { REGISTRY_USERNAME: 'robot', REGISTRY_PASSWORD: 'secret' };

test('the environment’s password is for the destination’s hosts, and for no other', async () => {
  const provider = destinationCredentials({ ...NOWHERE, env: ENV });
  const own = await provider('r.example:5000', 'zenml/zenml');
  assert.deepEqual(own && { ...own }, { kind: 'basic', username: 'robot', password: 'secret', source: 'REGISTRY_USERNAME' });
  for (const host of ['r.example', 'r.example:5001', 'evil.r.example:5000'])
    assert.equal(await provider(host, 'zenml/zenml'), undefined);
});

test('what the command line gives goes before the environment', async () => {
  const provider = destinationCredentials({ ...NOWHERE, env: ENV, given: { username: 'me', password: 'mine' } });
  const own = await provider('r.example:5000', 'zenml/zenml');
  assert.equal(own?.kind === 'basic' && own.username, 'me');
});

test('half of a pair is an error that names the other half', () => {
  assert.throws(() => destinationCredentials({ ...NOWHERE, env: { REGISTRY_USERNAME: 'robot' } }), {
    code: 'USAGE',
    message: /REGISTRY_PASSWORD is not set/,
  });
});
