import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { BundleReader } from '@zenml-airgap/bundle-file';
import { digestOf } from 'oras-js';
import { hashSections } from '../../src/hash/hash-sections.ts';
import { readError } from '../../src/read/read-error.ts';

// Linux answers EIO to whoever reads a process's memory where there is none: a medium that cannot be read.
const UNREADABLE = '/proc/self/mem';
const skip = process.platform === 'linux' ? false : 'only Linux has /proc/self/mem';

test('a bundle on a medium that cannot be read is named, with what to do', { skip }, async () => {
  await assert.rejects(BundleReader.open(UNREADABLE, { keys: [] }), {
    code: 'FILE_ERROR',
    message: /^\/proc\/self\/mem cannot be read: EIO/,
    remedy: /medium.*copy the bundle again/,
  });
});

for (const [where, size] of [
  ['here', 1024],
  ['in a thread', 64 * 1024 * 1024],
] as const) {
  test(`content that cannot be read is named when it is hashed ${where}`, { skip }, async () => {
    await using handle = await open(UNREADABLE);
    const section = { handle, offset: 0, size, path: 'bundle.tar', async [Symbol.asyncDispose]() {} };
    const job = { digest: digestOf(new Uint8Array(0)), size, open: async () => section };
    await assert.rejects(hashSections([job], { onHashed: () => assert.fail('was hashed') }), {
      code: 'FILE_ERROR',
      message: /^bundle\.tar cannot be read: EIO/,
      remedy: /copy the bundle again/,
    });
  });
}

test('a right that lacks has another remedy; what is no system’s error stays what it is', () => {
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' });
  assert.match(String((readError(denied, 'a.tar') as { remedy?: string }).remedy), /the right to read/);
  const other = new Error('other');
  assert.equal(readError(other, 'a.tar'), other);
});
