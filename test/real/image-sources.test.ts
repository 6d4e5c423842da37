import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { DockerArchive, DockerDaemon, PreparedCache, type PrepareEvent, prepareImage } from '@zenml-airgap/image-sources';
import { startRegistry } from '@zenml-airgap/registry-server';
import { copy, createRegistryClient, type Descriptor, fetchBytes } from 'oras-js';
import { mustRun } from '../fixtures/run-program.ts';
import { certificateAuthority } from './rig/certificate-authority.ts';
import { startDockerEngine } from './rig/docker-engine.ts';
import { freePort } from './rig/free-port.ts';
import { temporaryFolder } from './rig/run-folder.ts';

const NAME = 'corp/zenml-pro-server:0.93.2-ca';

// An image customised with a company's CA, as it lies in a Docker daemon (Debian's, 20.10: the old layout of docker save).
test('a Docker daemon’s image keeps its ID on its way into a registry', { timeout: 300_000 }, async (t) => {
  await using folder = await temporaryFolder('image-sources');
  const path = (name: string): string => join(folder.path, name);
  await using docker = await startDockerEngine(folder.path);
  for (const [name, bytes] of [
    ['base', Buffer.alloc(3_000_000, 'a base')],
    ['ca.crt', Buffer.from('a certificate')],
  ] as const) {
    await writeFile(path(`context/${name}`), bytes);
  }
  const layers = [
    { from: 'base', to: '/base' },
    { from: 'ca.crt', to: '/etc/ssl/corp.crt' },
  ];
  await docker.build(NAME, layers, ['CMD ["/base"]']);
  const imageId = (await docker.run(['image', 'inspect', '--format', '{{.Id}}', NAME])).trim();
  const local = { DOCKER_HOST: docker.env.DOCKER_HOST };
  const prepare = async (env: Record<string, string | undefined>, cacheName = 'cache') => {
    const cache = await PreparedCache.open(path(cacheName));
    const events: PrepareEvent[] = [];
    const daemon = await DockerDaemon.connect({ env, homeDirectory: folder.path });
    const root = await daemon.prepare(NAME, { cache, onEvent: (event) => events.push(event) });
    return { cache, root, events };
  };
  const first = await prepare(local);
  const configOf = async (root: Descriptor): Promise<string> =>
    JSON.parse(Buffer.from(await fetchBytes(first.cache.layout, root)).toString()).config.digest;

  await t.test('its config is the image’s ID, and nothing unfinished is left', async () => {
    assert.equal(await configOf(first.root), imageId);
    assert.deepEqual(
      first.events.flatMap((event) => (event.type === 'layer-prepared' ? event.reused : [])),
      [false, false],
    );
    assert.deepEqual(await readdir(first.cache.ingest), []);
  });

  await t.test('a second run exports nothing and compresses nothing', async () => {
    const second = await prepare(local);
    assert.deepEqual(second.root, first.root);
    assert.deepEqual(
      second.events.map((event) => event.type === 'layer-prepared' && event.reused),
      [true, true],
    );
  });

  await t.test('another image on the same base exports, and compresses its own layer only', async () => {
    await writeFile(path('context/ca.crt'), 'another certificate');
    await docker.build(NAME, layers, ['CMD ["/base"]']);
    const changed = await prepare(local);
    assert.notEqual(changed.root.digest, first.root.digest);
    assert.deepEqual(
      changed.events.flatMap((event) => (event.type === 'layer-prepared' ? event.reused : [])),
      [true, false],
    );
    await docker.run(['tag', imageId, NAME]);
  });

  await t.test('docker pulls it by digest, and it is the same image', async () => {
    await using registry = await startRegistry({});
    const client = createRegistryClient({ plainHttp: true });
    await copy(first.cache.layout, first.root.digest, client.repository(`${registry.host}/corp/server`), '1');
    client.close();
    await docker.run(['image', 'rm', '-f', imageId]);
    const pulled = `${registry.host}/corp/server@${first.root.digest}`;
    await docker.run(['pull', pulled]);
    assert.equal((await docker.run(['image', 'inspect', '--format', '{{.Id}}', pulled])).trim(), imageId);
    await docker.run(['tag', imageId, NAME]);
  });

  await t.test('its archive by docker save gives the same digest', async () => {
    await docker.run(['save', NAME, '-o', path('saved.tar')]);
    const cache = await PreparedCache.open(path('cache-of-archive'));
    await using archive = await DockerArchive.open(path('saved.tar'), { spoolFolder: cache.ingest });
    const image = await archive.image(`docker.io/${NAME}`);
    assert.deepEqual(await prepareImage(archive.archive, image, { cache }), first.root);
  });

  await t.test('over TCP with TLS, and not without the client’s certificate', async () => {
    const authority = await certificateAuthority(folder.path, 'docker');
    const server = await authority.issue('daemon');
    const certs = path('certs');
    await clientCertificates(folder.path, certs, authority.caFile);
    await using proxy = await tlsBefore(path('docker.sock'), { ...server, caFile: authority.caFile });
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${proxy.port}`, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certs };
    assert.deepEqual((await prepare(env, 'cache-of-tls')).root, first.root);
    await mustRun('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=nobody',
      '-keyout',
      join(certs, 'key.pem'),
      '-out',
      join(certs, 'cert.pem'),
    ]);
    await assert.rejects(prepare(env, 'cache-of-tls'), { code: 'DAEMON_UNAVAILABLE' });
  });

  await t.test('an unknown image, and a daemon that is not there, are told apart', async () => {
    const cache = await PreparedCache.open(path('cache'));
    const daemon = await DockerDaemon.connect({ env: local, homeDirectory: folder.path });
    await assert.rejects(daemon.prepare('corp/absent:1', { cache }), { code: 'NOT_FOUND' });
    await assert.rejects(prepare({ DOCKER_HOST: `unix://${path('absent.sock')}` }), { code: 'DAEMON_UNAVAILABLE' });
    await assert.rejects(prepare({ DOCKER_HOST: 'ssh://user@host' }), { code: 'UNSUPPORTED' });
    await assert.rejects(prepare({ DOCKER_HOST: `127.0.0.1:${await freePort()}` }), { code: 'DAEMON_UNAVAILABLE' });
  });

  await t.test('an export that is aborted leaves nothing behind', async () => {
    const cache = await PreparedCache.open(path('cache-of-abort'));
    const daemon = await DockerDaemon.connect({ env: local, homeDirectory: folder.path });
    const controller = new AbortController();
    const preparing = daemon.prepare(NAME, { cache, signal: controller.signal, onEvent: () => controller.abort() });
    await assert.rejects(preparing, { code: 'ABORTED' });
    assert.deepEqual(await readdir(cache.ingest), []);
  });
});

/** ca.pem, cert.pem and key.pem as DOCKER_CERT_PATH has them. */
async function clientCertificates(folder: string, certs: string, caFile: string): Promise<void> {
  await mustRun('mkdir', ['-p', certs]);
  await mustRun('cp', [caFile, join(certs, 'ca.pem')]);
  await mustRun('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj', '/CN=client'],
    ...[
      '-CA',
      caFile,
      '-CAkey',
      join(folder, 'docker-ca.key'),
      '-keyout',
      join(certs, 'key.pem'),
      '-out',
      join(certs, 'cert.pem'),
    ],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=clientAuth'],
  ]);
}

/** What dockerd does with --tlsverify, before its socket. */
async function tlsBefore(
  socketPath: string,
  { certFile, keyFile, caFile }: { certFile: string; keyFile: string; caFile: string },
) {
  const [cert, key, ca] = await Promise.all([readFile(certFile), readFile(keyFile), readFile(caFile)]);
  const open = new Set<Socket>();
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (client) => {
    const daemon = connect(socketPath);
    client.pipe(daemon).pipe(client);
    for (const each of [client, daemon]) {
      open.add(each);
      each.on('error', () => [client, daemon].map((one) => one.destroy()));
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const each of open) each.destroy();
    return closed;
  };
  return { port, [Symbol.asyncDispose]: stop };
}
