import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type RequestLogEntry, startRegistry } from '../src/index.ts';
import { errorOf, RegistryRig, randomBlob, temporaryFolder } from './registry-rig.ts';

suite('a registry', () => {
  test('answers the ping, and nothing that is not in the API', async () => {
    await using rig = await RegistryRig.start();
    assert.equal(rig.registry.url, `http://${rig.registry.host}`);
    assert.equal((await rig.send('GET', '/v2/')).headers.get('docker-distribution-api-version'), 'registry/2.0');
    for (const path of ['/', '/v1/', '/v2/a/unknown', '/v2/a/tags/other', '/v3/']) {
      assert.equal((await rig.send('GET', path)).status, 404, path);
    }
    assert.equal((await rig.send('POST', '/v2/')).status, 405);
  });

  test('refuses names that no repository can have, ways out of its folder among them', async () => {
    await using folder = await temporaryFolder();
    await using rig = await RegistryRig.start({ target: folder.path });
    for (const name of ['A', 'a/_tags', 'a//b', '%2e%2e/x', 'a/%2e%2e/%2e%2e/x', 'a%2f..%2fb', 'a%00', '%ff', 'x'.repeat(256)]) {
      assert.deepEqual(await rig.sendRaw('POST', `/v2/${name}/blobs/uploads/`), { status: 400, code: 'NAME_INVALID' }, name);
    }
    assert.deepEqual(await readdir(folder.path), ['uploads']);
  });

  test('asks for a password, and takes that one alone', async () => {
    await using rig = await RegistryRig.start({ basicAuth: { username: 'user', password: 'pass:word' } });
    const basic = (text: string) => ({ headers: { Authorization: `Basic ${Buffer.from(text).toString('base64')}` } });
    for (const init of [
      {},
      basic('user:wrong'),
      basic(':'),
      basic('user:pass:word:'),
      { headers: { Authorization: 'Bearer x' } },
    ]) {
      const response = await rig.send('GET', '/v2/', init);
      assert.equal(response.headers.get('www-authenticate'), 'Basic realm="registry", charset="UTF-8"');
      assert.equal((await errorOf(response)).code, 'UNAUTHORIZED');
    }
    assert.equal((await rig.send('POST', '/v2/a/blobs/uploads/')).status, 401);
    assert.equal((await rig.send('GET', '/v2/', basic('user:pass:word'))).status, 200);
  });

  test('takes nothing when it is read-only', async () => {
    await using folder = await temporaryFolder();
    const manifest = await (async () => {
      await using writing = await RegistryRig.start({ target: folder.path });
      return await writing.pushImage('a', '1');
    })();
    await using rig = await RegistryRig.start({ target: folder.path, readOnly: true });
    for (const [method, path] of [
      ['POST', '/v2/a/blobs/uploads/'],
      ['PATCH', '/v2/a/blobs/uploads/x'],
      ['PUT', '/v2/a/manifests/2'],
      ['DELETE', '/v2/a/manifests/1'],
      ['DELETE', `/v2/a/blobs/${manifest.digest}`],
    ] as const) {
      const { status, code } = await errorOf(await rig.send(method, path));
      assert.deepEqual({ status, code }, { status: 405, code: 'UNSUPPORTED' }, `${method} ${path}`);
    }
    assert.equal((await rig.send('GET', '/v2/a/manifests/1')).status, 200);
  });

  test('serves again what another run stored, each content once on disk', async () => {
    await using folder = await temporaryFolder();
    const blob = randomBlob(2_000_000);
    const manifest = await (async () => {
      await using rig = await RegistryRig.start({ target: folder.path });
      await rig.pushBlob('a', blob);
      await rig.pushBlob('b', blob);
      const location = await rig.begin('a');
      await rig.send('PATCH', location, { body: Buffer.from('unfinished') });
      return await rig.pushImage('a/c', '1.0', {
        subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: blob.digest, size: 1 },
      });
    })();
    await writeFile(join(folder.path, 'uploads', 'left-by-a-kill'), 'x');
    await using rig = await RegistryRig.start({ target: folder.path });
    assert.deepEqual(await readdir(join(folder.path, 'uploads')), []);
    assert.equal((await readdir(join(folder.path, 'blobs', 'sha256'))).length, 4);
    for (const repository of ['a', 'b']) {
      const response = await rig.send('GET', `/v2/${repository}/blobs/${blob.digest}`);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), blob.bytes);
    }
    assert.equal((await rig.send('HEAD', '/v2/a/c/manifests/1.0')).headers.get('docker-content-digest'), manifest.digest);
    assert.deepEqual(await (await rig.send('GET', '/v2/_catalog')).json(), { repositories: ['a', 'a/c', 'b'] });
    assert.deepEqual(await (await rig.send('GET', '/v2/a/c/tags/list')).json(), { name: 'a/c', tags: ['1.0'] });
    const { manifests } = (await (await rig.send('GET', `/v2/a/c/referrers/${blob.digest}`)).json()) as { manifests: unknown[] };
    assert.equal(manifests.length, 1);
  });

  test('says 500 and stores nothing when the disk fails', async () => {
    await using folder = await temporaryFolder();
    await using rig = await RegistryRig.start({ target: folder.path });
    await rm(join(folder.path, 'uploads'), { recursive: true });
    const response = await rig.send('POST', '/v2/a/blobs/uploads/');
    assert.deepEqual(await errorOf(response), { status: 500, code: 'UNKNOWN', message: 'the server failed' });
    assert.match(String(rig.registry.log.at(-1)?.error), /ENOENT/);
  });

  test('logs what was asked and answered, with the bytes of the bodies', async () => {
    const ended: RequestLogEntry[] = [];
    let bytes = 0;
    await using rig = await RegistryRig.start({
      onRequest: (entry) => ended.push({ ...entry }),
      onBytes: () => {
        bytes += 1;
      },
    });
    const blob = randomBlob(1234);
    await rig.pushBlob('a', blob);
    await (await rig.send('GET', `/v2/a/blobs/${blob.digest}`)).arrayBuffer();
    assert.equal((await rig.send('HEAD', `/v2/a/blobs/${blob.digest}`)).status, 200);
    await rig.registry.close();
    const path = `/v2/a/blobs/${blob.digest}`;
    const expected = [
      {
        method: 'POST',
        path: `/v2/a/blobs/uploads/?digest=${blob.digest}`,
        status: 201,
        requestBytes: 1234,
        responseBytes: 0,
        finished: true,
      },
      { method: 'GET', path, status: 200, requestBytes: 0, responseBytes: 1234, finished: true },
      { method: 'HEAD', path, status: 200, requestBytes: 0, responseBytes: 0, finished: true },
    ];
    assert.deepEqual(rig.registry.log, expected);
    assert.deepEqual(ended, expected);
    assert.ok(bytes >= 2);
  });

  test('stops reading when the client hangs up, and goes on serving', async () => {
    await using rig = await RegistryRig.start();
    const blob = randomBlob(30_000_000);
    await rig.pushBlob('a', blob);
    const socket = connect(rig.registry.port, '127.0.0.1');
    socket.write(`GET /v2/a/blobs/${blob.digest} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    assert.equal((await rig.send('GET', '/v2/')).status, 200);
    const entry = rig.registry.log.find(({ path }) => path.includes(blob.digest) && !path.includes('uploads'));
    assert.equal(entry?.finished, false);
  });

  test('closes while an upload is under way, twice if need be, and leaves nothing unfinished', async () => {
    await using folder = await temporaryFolder();
    const registry = await startRegistry({ target: folder.path });
    const rig = new RegistryRig(registry);
    const location = await rig.begin('a');
    await rig.send('PATCH', location, { body: Buffer.from('half') });
    assert.equal((await readdir(join(folder.path, 'uploads'))).length, 1);
    await Promise.all([registry.close(), registry.close()]);
    assert.deepEqual(await readdir(join(folder.path, 'uploads')), []);
    await assert.rejects(rig.send('GET', '/v2/'));
  });

  test('says that its port is taken', async () => {
    await using rig = await RegistryRig.start();
    await assert.rejects(startRegistry({ port: rig.registry.port }), { code: 'EADDRINUSE' });
  });

  test('speaks TLS with the certificate that it is given', async (t) => {
    await using folder = await temporaryFolder();
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
    const ask =
      '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1';
    try {
      execFileSync('openssl', ['req', ...ask.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
    } catch {
      return t.skip('openssl is not there');
    }
    const ca = await readFile(cert, 'utf8');
    await using registry = await startRegistry({ tls: { key: await readFile(key, 'utf8'), cert: ca } });
    assert.equal(registry.url, `https://${registry.host}`);
    const status = await new Promise((resolve, reject) => {
      get(`${registry.url}/v2/`, { ca }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    assert.equal(status, 200);
    await assert.rejects(fetch(`${registry.url}/v2/`), 'a client that does not know the certificate refuses it');
  });
});
