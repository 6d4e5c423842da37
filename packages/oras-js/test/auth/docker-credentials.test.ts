import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { dockerCredentials, OrasError } from 'oras-js';
import { parseDockerConfig } from '../../src/auth/docker-config.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const auth = (user: string, password: string): { auth: string } => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** A home with `files`, and what is found in it. */
async function inHome(files: Record<string, unknown>, environment: Record<string, string> = {}) {
  const folder = await temporaryFolder();
  for (const [name, value] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder.path, name)), { recursive: true });
    await writeFile(path.join(folder.path, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value.replaceAll('HOME', folder.path)]));
  const provider = dockerCredentials({ env, homeDirectory: folder.path });
  return { folder, provider, find: provider, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function userOf(found: ReturnType<ReturnType<typeof dockerCredentials>>): Promise<string | undefined> {
  const credential = await found;
  return credential?.kind === 'basic' ? `${credential.username}:${credential.password}` : credential?.kind;
}

suite('dockerCredentials', () => {
  test('prefers the longest path, and a host matches itself alone', async () => {
    await using home = await inHome({
      '.docker/config.json': {
        auths: {
          'r.example': auth('host', '1'),
          'r.example/zenml': auth('path', '2'),
          'https://r.example:5000/v2/': auth('port', '3'),
          example: auth('suffix', '4'),
        },
      },
    });
    assert.equal(await userOf(home.find('r.example', 'zenml/api')), 'path:2');
    assert.equal(await userOf(home.find('r.example', 'zenmlx/api')), 'host:1');
    assert.equal(await userOf(home.find('R.Example', 'other')), 'host:1');
    assert.equal(await userOf(home.find('r.example:5000', 'zenml/api')), 'port:3');
    assert.equal(await userOf(home.find('s.example', 'zenml/api')), undefined);
    assert.equal(await userOf(home.find('r.example:443', 'zenml/api')), undefined);
  });

  test('knows Docker Hub by the key that Docker writes', async () => {
    await using home = await inHome({ '.docker/config.json': { auths: { 'https://index.docker.io/v1/': auth('hub', 'p') } } });
    assert.equal(await userOf(home.find('docker.io', 'library/alpine')), 'hub:p');
    assert.equal(await userOf(home.find('registry-1.docker.io', 'library/alpine')), 'hub:p');
  });

  test('keeps colons of a password, and drops the NULs that some tools pad with', async () => {
    const padded = Buffer.from('me:a:b:c\0\0').toString('base64');
    await using home = await inHome({ '.docker/config.json': { auths: { r: { auth: padded } } } });
    assert.equal(await userOf(home.find('r', 'a')), 'me:a:b:c');
  });

  test('reads identity and registry tokens', async () => {
    await using home = await inHome({
      '.docker/config.json': { auths: { a: { ...auth('x', ''), identitytoken: 'i' }, b: { registrytoken: 'r' }, c: {} } },
    });
    assert.equal(await userOf(home.find('a', 'x')), 'identity-token');
    assert.equal(await userOf(home.find('b', 'x')), 'registry-token');
    assert.equal(await userOf(home.find('c', 'x')), undefined);
  });

  test('asks the sources in their order', async () => {
    const files = {
      'own.json': { auths: { r: auth('named', '1') } },
      'config/config.json': { auths: { r: auth('docker', '2'), s: auth('docker', '2') } },
      'run/containers/auth.json': { auths: { s: auth('podman', '3'), t: auth('podman', '3') } },
      '.config/containers/auth.json': { auths: { t: auth('home', '4'), u: auth('home', '4') } },
    };
    const env = { DOCKER_CONFIG: 'HOME/config', REGISTRY_AUTH_FILE: 'HOME/own.json', XDG_RUNTIME_DIR: 'HOME/run' };
    await using home = await inHome(files, env);
    const users = await Promise.all(['r', 's', 't', 'u'].map((host) => userOf(home.find(host, 'a'))));
    assert.deepEqual(users, ['named:1', 'docker:2', 'podman:3', 'home:4']);
    await using inline = await inHome(files, {
      ...env,
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { r: auth('inline', '0') } }),
    });
    assert.equal(await userOf(inline.find('r', 'a')), 'inline:0');
  });

  test('a file that REGISTRY_AUTH_FILE names must be there', async () => {
    await using home = await inHome({}, { REGISTRY_AUTH_FILE: 'HOME/absent.json' });
    await assert.rejects(home.find('r', 'a'), { code: 'INVALID_CREDENTIALS_FILE' });
  });

  test('reads no more of a file than a configuration can have', async () => {
    // It has no size, and no end.
    await using endless = await inHome({}, { REGISTRY_AUTH_FILE: '/dev/zero' });
    await assert.rejects(endless.find('r', 'a'), { code: 'INVALID_CREDENTIALS_FILE', message: /more than 4194304 bytes/ });
    await using large = await inHome({ '.docker/config.json': `{"auths":{}}${' '.repeat(5_000_000)}` });
    await assert.rejects(large.find('r', 'a'), { code: 'INVALID_CREDENTIALS_FILE', message: /more than 4194304 bytes/ });
  });

  test('names a damaged file, and quotes nothing of it', async () => {
    await using home = await inHome({ '.docker/config.json': '{"auths": {"r": {"auth": "c2VjcmV0"' });
    await assert.rejects(home.find('r', 'a'), (error: OrasError) => {
      assert.equal(error.code, 'INVALID_CREDENTIALS_FILE');
      assert.match(error.message, /config\.json/);
      assert.ok(!`${error.message}${error.cause}`.includes('c2Vj'));
      return true;
    });
  });

  test('any text is a configuration or INVALID_CREDENTIALS_FILE', () => {
    const json = fc.json({ maxDepth: 4 });
    const shaped = fc.record({
      auths: fc.dictionary(
        fc.string(),
        fc.oneof(fc.anything(), fc.record({ auth: fc.base64String(), identitytoken: fc.string() })),
      ),
      credHelpers: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.anything())),
      credsStore: fc.oneof(fc.string(), fc.anything()),
    });
    const texts = fc.oneof(
      fc.string(),
      json,
      shaped.map((value) => {
        try {
          return JSON.stringify(value);
        } catch {
          return '{}';
        }
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseDockerConfig(text, 'file');
        } catch (error) {
          assert.ok(error instanceof OrasError && error.code === 'INVALID_CREDENTIALS_FILE', String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

suite('credential helpers', () => {
  /** `docker-credential-test`, as a shell script on the PATH; writes what it was given to `asked`. */
  async function withHelper(script: string, config: unknown) {
    const home = await inHome({ '.docker/config.json': config, 'bin/docker-credential-test': `#!/bin/sh\n${script}\n` });
    await chmod(path.join(home.folder.path, 'bin/docker-credential-test'), 0o755);
    const env = { PATH: `${path.join(home.folder.path, 'bin')}:/usr/bin:/bin`, ASKED: path.join(home.folder.path, 'asked') };
    return { ...home, find: dockerCredentials({ env, homeDirectory: home.folder.path }) };
  }

  test('are asked with the key as it is written, on stdin, and before what auths says', async () => {
    const script =
      'read key; printf %s "$key" > "$ASKED"; test "$1" = get && echo \'{"ServerURL":"x","Username":"u","Secret":"s"}\'';
    await using home = await withHelper(script, {
      credHelpers: { 'r.example': 'test' },
      auths: { 'r.example': auth('leftover', '1') },
    });
    assert.equal(await userOf(home.find('r.example', 'a/b')), 'u:s');
    await using hub = await withHelper(
      'read key; test "$key" = https://index.docker.io/v1/ && echo \'{"Username":"<token>","Secret":"s"}\'',
      {
        credsStore: 'test',
      },
    );
    assert.equal(await userOf(hub.find('docker.io', 'library/alpine')), 'identity-token');
  });

  test('that have nothing leave it to the next source', async () => {
    await using home = await withHelper('echo "credentials not found in native keychain"; exit 1', { credsStore: 'test' });
    assert.equal(await home.find('r.example', 'a'), undefined);
  });

  test('that fail, or are not there, are named, and what they print is not shown', async () => {
    for (const script of ['echo "secret words"; exit 3', 'echo not json', 'echo \'{"Username":7}\'', 'exec cat /dev/zero']) {
      await using home = await withHelper(script, { credsStore: 'test' });
      await assert.rejects(home.find('r.example', 'a'), (error: OrasError) => {
        assert.equal(error.code, 'CREDENTIAL_HELPER_FAILED', script);
        assert.match(error.message, /docker-credential-test/);
        assert.ok(!error.message.includes('secret words'));
        return true;
      });
    }
    for (const credsStore of ['absent', '../evil', '/bin/sh']) {
      await using home = await withHelper('', { credsStore });
      await assert.rejects(home.find('r.example', 'a'), { code: 'CREDENTIAL_HELPER_FAILED' });
    }
  });

  test('are stopped by the signal', async () => {
    await using home = await withHelper('exec sleep 30', { credsStore: 'test' });
    await assert.rejects(home.find('r.example', 'a', { signal: AbortSignal.timeout(100) }), { code: 'ABORTED' });
  });
});
