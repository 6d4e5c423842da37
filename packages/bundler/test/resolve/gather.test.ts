import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrasError } from 'oras-js';
import { gather } from '../../src/resolve/gather.ts';

const options = { concurrency: 2, subject: (item: string) => item, failed: 'artifacts could not be read' };

test('results come in the order of the items', async () => {
  assert.deepEqual(await gather(['a', 'b', 'c'], async (item) => item.toUpperCase(), options), ['A', 'B', 'C']);
});

test('one failure is told with its subject, code and remedy', async () => {
  const work = async (item: string) => {
    if (item === 'b') throw new OrasError('DENIED', 'no', { remedy: 'Ask.' });
  };
  await assert.rejects(gather(['a', 'b'], work, options), { code: 'DENIED', message: 'b: no', remedy: 'Ask.' });
});

test('several are told together: equal ones in one line, other kinds with their code', async () => {
  const work = async (item: string) => {
    if (item === 'c') throw new OrasError('NOT_FOUND', 'not there');
    throw new OrasError('CONNECTION_FAILED', 'h:1: refused');
  };
  await assert.rejects(gather(['a', 'b', 'c'], work, options), {
    code: 'CONNECTION_FAILED',
    message: '3 artifacts could not be read:\n  a, b: h:1: refused\n  c: NOT_FOUND: not there',
  });
});

test('a defect is not wrapped, and an interruption is told as one', async () => {
  const defect = new TypeError('oops');
  const failing = async () => {
    throw defect;
  };
  await assert.rejects(gather(['a'], failing, options), defect);
  const signal = AbortSignal.abort(new OrasError('ABORTED', 'interrupted'));
  await assert.rejects(gather(['a'], failing, { ...options, signal }), { code: 'ABORTED' });
});
