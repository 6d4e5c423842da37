import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createRegistryClient, dockerCertificates, MediaType, type RegistryClientOptions, RegistryError } from 'oras-js';
import { collect } from '../collect.ts';
import { sampleContent } from '../sample-graph.ts';
import { answer, CERTIFICATE, FakeRegistry } from './fake-registry.ts';

const read = (name: string): string => readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8');
const CLIENT = { cert: read('client-certificate.pem'), key: read('client-key.pem') };
const SERVER_KEY = read('key.pem');
const LAYER = sampleContent(MediaType.ociLayerGzip, Buffer.from('layer'));
const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };
/** What a server asks for that takes none but CLIENT. */
const DEMANDS = { ca: CLIENT.cert, requestCert: true, rejectUnauthorized: true };

function clientFor(clientCertificates: RegistryClientOptions['clientCertificates'], ca = [CERTIFICATE]) {
  return createRegistryClient({ ...QUICK, ca, clientCertificates });
}

/** Whom the connections of a registry belong to: the names in the clients' certificates. */
function namesSeen(registry: FakeRegistry): Set<string> {
  const names = new Set<string>();
  const before = registry.fault;
  registry.fault = (exchange) => {
    const subject = (exchange.request.socket as TLSSocket).getPeerCertificate().subject;
    names.add(String(subject?.CN ?? 'nobody'));
    return before(exchange);
  };
  return names;
}

suite('client certificates', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`signs in by certificate where the server demands one, over ${version}`, async () => {
      await using registry = await FakeRegistry.start({ tls: { ...DEMANDS, maxVersion: version, minVersion: version } });
      registry.blobs.set(LAYER.descriptor.digest, Buffer.from(LAYER.bytes));
      const names = namesSeen(registry);
      using client = clientFor(async (host) => (host === registry.host ? CLIENT : undefined));
      assert.deepEqual(await collect(client.repository(`${registry.host}/a`).fetch(LAYER.descriptor)), Buffer.from(LAYER.bytes));
      assert.deepEqual([...names], ['zenml-loader']);
    });

    test(`says that a certificate is wanted where none is shown, over ${version}`, async () => {
      await using registry = await FakeRegistry.start({ tls: { ...DEMANDS, maxVersion: version, minVersion: version } });
      using client = clientFor(undefined);
      await assert.rejects(client.ping(registry.host), (error) => {
        assert.ok(error instanceof RegistryError);
        assert.equal(error.code, 'DENIED');
        assert.match(error.message, /it wants a client certificate, or another one/);
        assert.match(error.remedy ?? '', /certs\.d/);
        return true;
      });
      assert.equal(registry.log.length, 0);
    });
  }

  test('explains the answer of nginx to a client without a certificate', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response }) => {
      const html = '<html><head><title>400 No required SSL certificate was sent</title></head></html>';
      response.writeHead(400, { 'Content-Type': 'text/html' }).end(html);
      return true;
    };
    using client = createRegistryClient(QUICK);
    await assert.rejects(client.repository(`${registry.host}/a`).resolve('1'), { code: 'DENIED', remedy: /certs\.d/ });
  });

  test('shows the certificate to its own host alone: where that redirects to gets none, and both are asked for by name', async () => {
    await using storage = await FakeRegistry.start({ tls: { ca: CLIENT.cert, requestCert: true, rejectUnauthorized: false } });
    storage.blobs.set(LAYER.descriptor.digest, Buffer.from(LAYER.bytes));
    const atStorage = namesSeen(storage);
    await using registry = await FakeRegistry.start({ tls: DEMANDS });
    registry.fault = ({ response, url }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(307, { Location: `${storage.origin}${url.pathname}` }).end();
      return true;
    };
    const atRegistry = namesSeen(registry);
    const asked: string[] = [];
    using client = clientFor(async (host) => {
      asked.push(host);
      return host === registry.host ? CLIENT : undefined;
    });
    await collect(client.repository(`${registry.host}/a`).fetch(LAYER.descriptor));
    await collect(client.repository(`${registry.host}/a`).fetch(LAYER.descriptor));
    assert.deepEqual([[...atRegistry], [...atStorage]], [['zenml-loader'], ['nobody']]);
    assert.deepEqual(asked, [registry.host, storage.host], 'once each');
  });

  test('an authority of one host is not trusted for another', async () => {
    await using one = await FakeRegistry.start({ tls: true });
    await using other = await FakeRegistry.start({ tls: true });
    using client = clientFor(async (host) => (host === one.host ? { ca: [CERTIFICATE] } : undefined), []);
    await client.ping(one.host);
    await assert.rejects(client.ping(other.host), { code: 'CERTIFICATE_UNTRUSTED' });
    assert.equal(other.log.length, 0);
  });

  test('says what is wrong with a pair that cannot be used, without its key', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    const encrypted = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----';
    const pairs = [
      [{ cert: CLIENT.cert, key: SERVER_KEY }, /its key is that of another certificate/],
      [{ cert: CLIENT.cert, key: encrypted }, /its key is encrypted/],
      [{ cert: CLIENT.cert, key: 'S3CRET' }, /certificate or key is not PEM/],
      [{ cert: CLIENT.cert }, /one half of it is missing/],
    ] as const;
    for (const [pair, message] of pairs) {
      using client = clientFor(async () => pair);
      await assert.rejects(client.ping(registry.host), (error: Error & { code?: string; remedy?: string }) => {
        assert.equal(error.code, 'INVALID_CREDENTIALS_FILE');
        assert.match(error.message, message);
        assert.ok(!`${error.message}${error.remedy}`.includes('S3CRET'));
        return true;
      });
    }
    assert.equal(registry.log.length, 0);
  });
});

suite("certificates in Docker's folders", () => {
  test('reads authorities, certificate and key of a host and port, from the first folder that has one', async () => {
    await using registry = await FakeRegistry.start({ tls: DEMANDS });
    await using folders = await certificateFolders();
    await folders.write(`podman/other.example/${'ca.crt'}`, 'not for this host');
    await folders.write(`docker/${registry.host}/ca.crt`, CERTIFICATE);
    await folders.write(`docker/${registry.host}/client.cert`, CLIENT.cert);
    await folders.write(`docker/${registry.host}/client.key`, CLIENT.key);
    await folders.write(`docker/127.0.0.1/ca.crt`, 'another port');
    using client = clientFor(dockerCertificates({ folders: [folders.path('podman'), folders.path('docker')] }), []);
    await client.ping(registry.host);
    assert.equal(registry.log.length, 1);
  });

  test('finds a folder named with port 443 for a host without one, and Docker Hub by its name', async () => {
    await using folders = await certificateFolders();
    await folders.write('one/harbor.example:443/ca.crt', 'A');
    await folders.write('one/docker.io/b.crt', 'B');
    await folders.write('one/docker.io/a.crt', 'A');
    const find = dockerCertificates({ folders: [folders.path('absent'), folders.path('one')] });
    assert.deepEqual(await find('harbor.example'), { ca: ['A'] });
    assert.deepEqual(await find('docker.io'), { ca: ['A', 'B'] });
    assert.equal(await find('harbor.example:5000'), undefined);
    assert.equal(await find('..'), undefined);
  });

  test('says which half of a pair is missing, and for that host only', async () => {
    await using folders = await certificateFolders();
    await folders.write('one/a.example/ca.cert', CERTIFICATE);
    await folders.write('one/b.example/client.key', CLIENT.key);
    const find = dockerCertificates({ folders: [folders.path('one')] });
    const code = 'INVALID_CREDENTIALS_FILE';
    await assert.rejects(find('a.example'), {
      code,
      message: /ca\.cert: ca\.key is missing beside it$/,
      remedy: /ends in \.crt/,
    });
    await assert.rejects(find('b.example'), { code, message: /client\.key: client\.cert is missing beside it$/ });
    assert.equal(await find('c.example'), undefined);
  });

  test('is not read for what is not connected to by TLS', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response, url }) => {
      if (url.pathname === '/v2/') answer(response, 200, {});
      return url.pathname === '/v2/';
    };
    using client = clientFor(async () => assert.fail('asked'));
    await client.ping(registry.host);
    assert.equal(registry.log.length, 1);
  });
});

async function certificateFolders() {
  const folder = await mkdtemp(join(tmpdir(), 'certs-'));
  return {
    path: (name: string) => join(folder, name),
    async write(name: string, text: string) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), text);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
