import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiHost, canonicalRegistry, createRegistryClient, hostCredentials, isDockerHub, isLoopbackHost } from 'oras-js';
import { parseDockerConfig } from '../../src/auth/docker-config.ts';

const NAMES = [
  'docker.io',
  'Docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'https://index.docker.io/v1/',
];

for (const name of NAMES) {
  test(`${name} is Docker Hub for credentials, configurations and connections alike`, async () => {
    assert.equal(isDockerHub(name), true);
    assert.equal(canonicalRegistry(name), 'docker.io');
    assert.equal(apiHost(name), 'registry-1.docker.io');
    const account = { username: 'me', password: 'x', source: 'test' };
    assert.ok(await hostCredentials({ ...account, hosts: [name] })('docker.io', 'a'));
    assert.ok(await hostCredentials({ ...account, hosts: ['docker.io'] })(name, 'a'));
    const config = parseDockerConfig(JSON.stringify({ auths: { [name]: { username: 'me' } } }), 'file');
    assert.ok(config.auths.has('docker.io'));
    if (name.includes('/')) return;
    using client = createRegistryClient();
    assert.equal(client.repository(`${name}/library/alpine`).registry, 'docker.io');
  });
}

test('a host that looks like Docker Hub is none', () => {
  for (const name of ['docker.io.example', 'xdocker.io', 'auth.docker.io', 'docker.io:5000', 'quay.io', '']) {
    assert.equal(isDockerHub(name), false, name);
    assert.equal(canonicalRegistry(name.toUpperCase()), name);
  }
});

test('isLoopbackHost knows this machine by its names and addresses, with and without a port', () => {
  for (const host of [
    '127.0.0.1:5000',
    '127.0.0.1',
    '127.1.2.3:80',
    'localhost',
    'LocalHost:5000',
    'a.localhost:1',
    '[::1]:5000',
    '[::1]',
  ]) {
    assert.equal(isLoopbackHost(host), true, host);
  }
  for (const host of [
    '127.0.0.1.example',
    '127.example:5000',
    '1127.0.0.1',
    'localhost.example',
    'notlocalhost:5000',
    '[::2]:5000',
    '10.0.0.1:5000',
    '127.0.0.1@registry.example',
    'me@127.0.0.1',
    '127.0.0.1/x',
    '127.0.0.400',
    '',
  ]) {
    assert.equal(isLoopbackHost(host), false, host);
  }
});
