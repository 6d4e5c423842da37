import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { registryRig } from '../fixtures/registry-rig.ts';

const CERTIFICATES = join(import.meta.dirname, '../../../oras-js/test/registry/certificates');
const CA = join(CERTIFICATES, 'certificate.pem');

async function tlsRig() {
  return registryRig({ tls: { cert: await readFile(CA), key: await readFile(join(CERTIFICATES, 'key.pem')) } });
}

test('a private CA is trusted by --ca-file, and only then', async () => {
  await using rig = await tlsRig();
  const refused = await rig.load();
  assert.equal(refused.code, 5);
  assert.match(refused.stderr, /error CERTIFICATE_UNTRUSTED: .*\n?.*remedy: .*--ca-file/s);
  assert.equal(rig.log.length, 0);
  const accepted = await rig.load(['--ca-file', CA]);
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.match(accepted.stdout, new RegExp(`^next .* --ca-file ${CA} `, 'm'));
});

test('--plain-http does not turn off TLS where it is spoken', async () => {
  await using rig = await tlsRig();
  const ran = await rig.load(['--plain-http']);
  assert.equal(ran.code, 5);
  assert.match(ran.stderr, /error CERTIFICATE_UNTRUSTED/);
});

test('a --ca-file that is missing or holds no certificate is told at once', async () => {
  await using rig = await registryRig();
  const missing = await rig.load(['--ca-file', join(rig.home, 'absent.pem')]);
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /error FILE_NOT_FOUND: --ca-file .*absent\.pem/);
  await writeFile(join(rig.home, 'ca.der'), 'not PEM');
  const wrong = await rig.load(['--ca-file', join(rig.home, 'ca.der')]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /error USAGE: --ca-file .*holds no certificate/);
  assert.equal(rig.log.length, 0);
});

test('a private CA and a client certificate are found where Docker and Podman keep them', async () => {
  const client = join(CERTIFICATES, 'client-certificate.pem');
  const server = { cert: await readFile(CA), key: await readFile(join(CERTIFICATES, 'key.pem')) };
  await using rig = await registryRig({
    tls: { ...server, ca: await readFile(client), requestCert: true, rejectUnauthorized: true },
  });
  const folder = join(rig.home, '.config/containers/certs.d', rig.host);
  await mkdir(folder, { recursive: true });
  await copyFile(CA, join(folder, 'ca.crt'));
  const refused = await rig.load();
  assert.deepEqual([refused.code, /error DENIED: .*client certificate/.test(refused.stderr)], [4, true], refused.stderr);
  await copyFile(client, join(folder, 'client.cert'));
  await copyFile(join(CERTIFICATES, 'client-key.pem'), join(folder, 'client.key'));
  const accepted = await rig.load();
  assert.equal(accepted.code, 0, accepted.stderr);
});
