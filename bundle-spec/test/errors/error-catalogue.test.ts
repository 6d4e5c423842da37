import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AirgapError, ERROR_CATALOGUE, ExitCode, exitCodeOf } from '@zenml-airgap/bundle-spec';
import { OrasError } from 'oras-js';

test('every code has a meaning and a remedy in full sentences', () => {
  for (const [code, { exitCode, meaning, remedy }] of Object.entries(ERROR_CATALOGUE)) {
    assert.match(code, /^[A-Z][A-Z_]+$/);
    assert.ok(Object.values(ExitCode).includes(exitCode), code);
    assert.match(meaning, /[.]$/, code);
    assert.match(remedy, /[.]$/, code);
  }
});

test('an error without a remedy of its own has the catalogue’s', () => {
  assert.equal(new AirgapError('DISK_FULL', 'x').remedy, ERROR_CATALOGUE.DISK_FULL.remedy);
  assert.equal(new AirgapError('DISK_FULL', 'x', { remedy: 'Delete y.' }).remedy, 'Delete y.');
});

test('the message lists the problems, a line each, and says how many it hides', () => {
  const problems = Array.from({ length: 60 }, (_, index) => `problem ${index}`);
  const error = new AirgapError('INVALID_REQUEST', 'a.yaml is not valid', { problems });
  const lines = error.message.split('\n');
  assert.equal(lines[0], 'a.yaml is not valid:');
  assert.equal(lines[1], '  problem 0');
  assert.equal(lines.at(-1), '  … and 10 more');
  assert.equal(error.problems.length, 60);
});

test('exit codes: of our errors, of oras-js, of the system, of an interruption, of anything', () => {
  const abort = new AbortController();
  abort.abort();
  const cases: [unknown, number][] = [
    [new AirgapError('USAGE', 'x'), 2],
    [new AirgapError('PASSPHRASE_REQUIRED', 'x'), 2],
    [new AirgapError('INVALID_REQUEST', 'x'), 3],
    [new OrasError('UNAUTHORIZED', 'x'), 4],
    [new OrasError('CONNECTION_FAILED', 'x'), 5],
    [new AirgapError('LAYOUT_MISMATCH', 'x'), 6],
    [new AirgapError('SIGNATURE_MISSING', 'x'), 7],
    [new AirgapError('CONFLICT', 'x'), 8],
    [new AirgapError('NOT_ENOUGH_SPACE', 'x'), 9],
    [new OrasError('ABORTED', 'x'), 130],
    [abort.signal.reason, 130],
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 9],
    [Object.assign(new Error('x'), { code: 'EACCES' }), 4],
    [new AggregateError([new Error('x'), new AirgapError('CONFLICT', 'x')]), 8],
    [new AggregateError([]), 1],
    [Object.assign(new Error('x'), { code: 'toString' }), 1],
    [new Error('x'), 1],
    ['text', 1],
    [undefined, 1],
    [null, 1],
  ];
  for (const [error, exitCode] of cases) assert.equal(exitCodeOf(error), exitCode, String(error));
});
