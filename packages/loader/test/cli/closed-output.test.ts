import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { runProcess } from '../fixtures/run-process.ts';

test('a reader that is gone before anything is printed is no error, of results or of errors', async () => {
  const help = await runProcess(['load', '--help'], { home: tmpdir(), onStart: ({ stdout }) => stdout?.destroy() });
  assert.deepEqual({ code: help.code, stderr: help.stderr }, { code: 0, stderr: '' });
  const usage = await runProcess(['nonsense'], { home: tmpdir(), onStart: ({ stderr }) => stderr?.destroy() });
  assert.deepEqual({ code: usage.code, stdout: usage.stdout }, { code: 2, stdout: '' });
});
