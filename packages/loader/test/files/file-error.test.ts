import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { fileError } from '../../src/files/file-error.ts';
import { readCapped } from '../../src/files/read-capped.ts';

test('what the system says of a file becomes an error with its path, once', async () => {
  const read = (path: string) => readCapped(path, { maxBytes: 10, what: 'the receipt' });
  await assert.rejects(read('/'), { code: 'FILE_ERROR', message: /^the receipt \/ cannot be read: EISDIR: [a-z ]+$/ });
  await assert.rejects(read('/etc/passwd/x'), {
    code: 'FILE_ERROR',
    message: /^the receipt \/etc\/passwd\/x cannot be read: ENOTDIR: [a-z ]+$/,
  });
  await assert.rejects(read('/nowhere/at/all'), { code: 'FILE_NOT_FOUND' });
});

test('a disk that is full is told as such, and a defect stays one', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const told = fileError(full, { what: 'the receipt r', done: 'written' });
  assert.ok(told instanceof AirgapError);
  assert.equal(told.code, 'DISK_FULL');
  assert.equal(told.message, 'the receipt r cannot be written: ENOSPC: no space left on device');
  const defect = new TypeError('x is not a function');
  assert.equal(fileError(defect, { what: 'the receipt r', done: 'written' }), defect);
});
