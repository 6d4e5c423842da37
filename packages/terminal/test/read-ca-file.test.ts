import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCaFile } from '../src/index.ts';

const CERTIFICATE = join(import.meta.dirname, '../../oras-js/test/registry/certificates/certificate.pem');

test('several certificates in one file are told apart, whatever stands between them', async () => {
  await using folder = await temporary();
  const pem = (await readFile(CERTIFICATE, 'utf8')).trim();
  await writeFile(folder.path('ca.pem'), `# ours\n${pem}\n# theirs\n${pem}\n`);
  assert.deepEqual(await readCaFile(folder.path('ca.pem')), [pem, pem]);
});

test('only a file that is not there is not found; a folder, and what never ends, is another failure', async () => {
  await using folder = await temporary();
  await assert.rejects(readCaFile(folder.path('absent.pem')), { code: 'FILE_NOT_FOUND', message: /absent\.pem does not exist$/ });
  await assert.rejects(readCaFile(folder.path('.')), { code: 'FILE_ERROR', message: /cannot be read: EISDIR/ });
  await assert.rejects(readCaFile('/dev/zero'), { code: 'FILE_ERROR', message: /more than 1048576 bytes$/ });
});

test('a file without a certificate is told with how to convert one', async () => {
  await using folder = await temporary();
  for (const content of ['not PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----']) {
    await writeFile(folder.path('ca.der'), content);
    await assert.rejects(readCaFile(folder.path('ca.der')), { code: 'USAGE', remedy: /openssl x509/ });
  }
});

async function temporary() {
  const folder = await mkdtemp(join(tmpdir(), 'ca-file-'));
  return {
    path: (name: string) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
