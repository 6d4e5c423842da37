import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findTrustedKeys, keyFolders } from '../../src/verify/find-trusted-keys.ts';

function publicKeyPem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

test('takes *.pub and *.pem from the folders, and nothing else', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keys-'));
  const keys = join(folder.path, 'keys');
  await mkdir(keys);
  for (const name of ['a.pub', 'b.pem']) await writeFile(join(keys, name), publicKeyPem());
  await writeFile(join(keys, 'README'), 'not a key');
  const found = await findTrustedKeys({ files: [], folders: [keys, join(folder.path, 'not-there')] });
  assert.deepEqual(
    found.map(({ source }) => source),
    [join(keys, 'a.pub'), join(keys, 'b.pem')],
  );
});

test('keys that are named are used alone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keys-'));
  await writeFile(join(folder.path, 'installed.pub'), publicKeyPem());
  await writeFile(join(folder.path, 'named'), publicKeyPem());
  const found = await findTrustedKeys({ files: [join(folder.path, 'named')], folders: [folder.path] });
  assert.deepEqual(
    found.map(({ source }) => source),
    [join(folder.path, 'named')],
  );
});

test('a named key that does not exist, or is none, is an error that names it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keys-'));
  const path = join(folder.path, 'airgap.pub');
  await assert.rejects(findTrustedKeys({ files: [path], folders: [] }), { code: 'FILE_NOT_FOUND', message: /airgap\.pub/ });
  await writeFile(path, 'hello');
  await assert.rejects(findTrustedKeys({ files: [path], folders: [] }), { code: 'INVALID_KEY', message: /airgap\.pub/ });
});

test('what is no key for bundles takes nothing from the keys beside it: it is skipped, and told', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keys-'));
  const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await writeFile(join(folder.path, 'a.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  await writeFile(join(folder.path, 'b.pub'), ed25519);
  await writeFile(join(folder.path, 'c.pub'), publicKeyPem());
  await writeFile(join(folder.path, 'd.pub'), 'x'.repeat(65 * 1024));
  await mkdir(join(folder.path, 'e.pem'));
  const notes: string[] = [];
  const options = { onSkipped: (note: string) => void notes.push(note) };
  const found = await findTrustedKeys({ files: [], folders: [folder.path] }, options);
  assert.deepEqual(
    found.map(({ source }) => source),
    [join(folder.path, 'c.pub')],
  );
  assert.deepEqual(notes.map((note) => /([a-e]\.(?:pem|pub))/.exec(note)?.[1]).sort(), ['a.pem', 'b.pub', 'd.pub', 'e.pem']);
  await assert.rejects(findTrustedKeys({ files: [join(folder.path, 'b.pub')], folders: [] }), { code: 'INVALID_KEY' });
});

test('a named file that is no key’s size is not read to its end', async () => {
  await assert.rejects(findTrustedKeys({ files: ['/dev/zero'], folders: [] }), {
    code: 'FILE_ERROR',
    message: /the key \/dev\/zero has more than 65536 bytes/,
  });
});

test('an interrupted search rejects', async () => {
  const signal = AbortSignal.abort(new Error('interrupted'));
  await using folder = await mkdtempDisposable(join(tmpdir(), 'keys-'));
  await writeFile(join(folder.path, 'a.pub'), publicKeyPem());
  await assert.rejects(findTrustedKeys({ files: [], folders: [folder.path] }, { signal }), { code: 'ABORTED' });
  await assert.rejects(findTrustedKeys({ files: [join(folder.path, 'a.pub')], folders: [] }, { signal }), { code: 'ABORTED' });
});

test('the user’s keys lie below XDG_CONFIG_HOME, which has to be absolute', () => {
  assert.deepEqual(keyFolders({ env: { XDG_CONFIG_HOME: '/c' }, homeDirectory: '/h' })[1], '/c/zenml-airgap/keys');
  assert.deepEqual(keyFolders({ env: { XDG_CONFIG_HOME: 'c' }, homeDirectory: '/h' })[1], '/h/.config/zenml-airgap/keys');
});
