import assert from 'node:assert/strict';
import { mkdtempDisposable, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../../src/files/make-folder.ts';

test('makes a folder and those above it, and names the topmost one', async () => {
  await using base = await mkdtempDisposable(join(tmpdir(), 'make-folder-'));
  assert.equal(await makeFolder(join(base.path, 'a/b/c'), 0o700), join(base.path, 'a'));
  assert.equal((await stat(join(base.path, 'a/b/c'))).mode & 0o777, 0o700);
  assert.equal(await makeFolder(join(base.path, 'a/b/c'), 0o700), undefined);
});

test('fails at once where the system lets nobody make anything', async () => {
  await assert.rejects(makeFolder('/proc/nowhere/state', 0o700), { code: 'ENOENT' });
});

test('refuses a file on the way', async () => {
  await assert.rejects(makeFolder('/etc/hostname/state', 0o700), { code: 'ENOTDIR' });
});
