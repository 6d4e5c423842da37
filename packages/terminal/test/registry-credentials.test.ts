import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addRegistryOptions, registryCredentials } from '../src/index.ts';

const ENV = { REGISTRY_USERNAME: 'robot', REGISTRY_PASSWORD: 'secret' };

function sources(env: NodeJS.ProcessEnv, input = '') {
  return { hosts: ['r.example:5000'], homeDirectory: '/nowhere', env, terminal: { secretFromInput: async () => input } };
}

test('the environment’s password is for the given hosts, and for no other', async () => {
  const provider = await registryCredentials({}, sources(ENV));
  const own = await provider('r.example:5000', 'zenml/zenml');
  assert.deepEqual(own && { ...own }, { kind: 'basic', username: 'robot', password: 'secret', source: 'REGISTRY_USERNAME' });
  for (const host of ['r.example', 'r.example:5001', 'evil.r.example:5000', 'docker.io'])
    assert.equal(await provider(host, 'zenml/zenml'), undefined);
});

test('what the command line gives goes before the environment, and is for the same hosts', async () => {
  const provider = await registryCredentials({ username: 'me', passwordStdin: true }, sources(ENV, 'mine'));
  const own = await provider('r.example:5000', 'zenml/zenml');
  assert.deepEqual(own && { ...own }, { kind: 'basic', username: 'me', password: 'mine', source: '--username' });
  assert.equal(await provider('docker.io', 'zenml/zenml'), undefined);
});

test('half of a pair, or an empty password, is a usage error that says what is missing', async () => {
  const cases: [Parameters<typeof registryCredentials>[0], NodeJS.ProcessEnv, RegExp][] = [
    [{}, { REGISTRY_USERNAME: 'robot' }, /^REGISTRY_PASSWORD is not set/],
    [{}, { REGISTRY_PASSWORD: 'secret', REGISTRY_USERNAME: '' }, /^REGISTRY_USERNAME is not set/],
    [{ username: 'me' }, ENV, /^--username and --password-stdin belong together/],
    [{ passwordStdin: true }, ENV, /^--username and --password-stdin belong together/],
    [{ username: 'me', passwordStdin: true }, ENV, /standard input is empty$/],
  ];
  for (const [options, env, message] of cases) {
    await assert.rejects(registryCredentials(options, sources(env)), (error: Error & { remedy?: string; code?: string }) => {
      assert.equal(error.code, 'USAGE');
      assert.match(error.message, message);
      return error.remedy !== undefined;
    });
  }
});

test('no option takes a password', () => {
  const flags = addRegistryOptions(new Command('work')).options.map((option) => ({
    flags: option.flags,
    takes: option.required,
  }));
  assert.deepEqual(
    flags.filter((option) => /pass|secret|token/i.test(option.flags)),
    [{ flags: '--password-stdin', takes: false }],
  );
});
