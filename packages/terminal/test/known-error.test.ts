import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { OrasError } from 'oras-js';
import { knownError } from '../src/known-error.ts';

function systemError(code: string, details: object = {}): Error {
  return Object.assign(new Error(`${code}: reason`), { code, syscall: 'write', ...details });
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('what the system refuses is no defect: full disks, folders, permissions, broken media', () => {
  assert.equal(knownError(systemError('ENOSPC')).code, 'DISK_FULL');
  assert.equal(knownError(systemError('EDQUOT')).code, 'DISK_FULL');
  for (const code of ['EACCES', 'EIO', 'EISDIR', 'EROFS', 'EMFILE'])
    assert.equal(knownError(systemError(code)).code, 'FILE_ERROR');
  const missing = knownError(thrownBy(() => readFileSync('/nowhere/at/all')));
  assert.equal(missing.code, 'FILE_ERROR');
  assert.equal(missing.message, "/nowhere/at/all: open failed: ENOENT: no such file or directory, open '/nowhere/at/all'");
  assert.equal(knownError(thrownBy(() => readFileSync('/'))).code, 'FILE_ERROR');
});

test('what fails in the network is no file’s fault', () => {
  assert.equal(knownError(systemError('ECONNREFUSED', { syscall: 'connect' })).code, 'CONNECTION_FAILED');
  assert.equal(knownError(systemError('ECONNRESET', { syscall: 'read' })).code, 'CONNECTION_FAILED');
});

test('an AbortError is an interruption', () => {
  assert.equal(knownError(AbortSignal.abort().reason).code, 'ABORTED');
});

test('of several errors the one that says something is told', () => {
  const denied = new OrasError('DENIED', 'no');
  assert.equal(knownError(new AggregateError([new Error('x'), denied])), denied);
  assert.equal(knownError(new SuppressedError(systemError('EIO'), denied)), denied);
});

test('only the rest is a defect, with its stack', () => {
  const error = knownError(new TypeError('x is not a function'));
  assert.equal(error.code, 'INTERNAL');
  assert.match(error.message, /^TypeError: x is not a function\n +at .*known-error\.test\.ts/);
  assert.equal(knownError('text').message, 'text');
});
