import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { dockerConnection } from '../../src/docker/docker-connection.ts';
import { temporaryFolder } from '../temporary-folder.ts';

test('reaches the daemon as docker would', async () => {
  await using home = await temporaryFolder();
  const of = (env: Record<string, string>) => dockerConnection({ env, homeDirectory: home.path });
  const at = (socketPath: string) => ({ socketPath, host: undefined, protocol: 'http' });
  assert.deepEqual(await of({}), at('/var/run/docker.sock'));
  assert.deepEqual(await of({ DOCKER_HOST: 'unix:///run/other.sock' }), at('/run/other.sock'));
  assert.deepEqual(await of({ DOCKER_HOST: 'tcp://build.corp' }), { host: 'build.corp', port: 2375, protocol: 'http' });
  assert.deepEqual(await of({ DOCKER_HOST: '[::1]:99', DOCKER_TLS_VERIFY: '' }), { host: '::1', port: 99, protocol: 'http' });
  await mkdir(join(home.path, '.docker', 'run'), { recursive: true });
  const desktop = join(home.path, '.docker', 'run', 'docker.sock');
  await writeFile(desktop, '');
  assert.deepEqual(await of({}), at(desktop));
});

test('takes certificates from DOCKER_CERT_PATH, else from ~/.docker, and says which file is missing', async () => {
  await using home = await temporaryFolder();
  const env = { DOCKER_HOST: 'tcp://build.corp', DOCKER_TLS_VERIFY: '1' };
  const of = (more: Record<string, string> = {}) => dockerConnection({ env: { ...env, ...more }, homeDirectory: home.path });
  await assert.rejects(of(), { code: 'DAEMON_UNAVAILABLE', message: /\.docker\/ca\.pem cannot be read/ });
  for (const folder of ['.docker', 'other']) {
    await mkdir(join(home.path, folder), { recursive: true });
    for (const name of ['ca', 'cert', 'key']) await writeFile(join(home.path, folder, `${name}.pem`), `${name} of ${folder}`);
  }
  const expected = (folder: string) => ({
    ...{ host: 'build.corp', port: 2376, protocol: 'https' },
    ...{ ca: `ca of ${folder}`, cert: `cert of ${folder}`, key: `key of ${folder}` },
  });
  assert.deepEqual(await of(), expected('.docker'));
  assert.deepEqual(await of({ DOCKER_CERT_PATH: join(home.path, 'other') }), expected('other'));
});

test('refuses ssh, and addresses that are none', async () => {
  const of = (DOCKER_HOST: string) => dockerConnection({ env: { DOCKER_HOST }, homeDirectory: '/nowhere' });
  await assert.rejects(of('ssh://me@build.corp'), { code: 'UNSUPPORTED' });
  for (const host of ['http://build.corp', 'tcp://', 'tcp://a b', '://'])
    await assert.rejects(of(host), { code: 'DAEMON_UNAVAILABLE' }, host);
});
