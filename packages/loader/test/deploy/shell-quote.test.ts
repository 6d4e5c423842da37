import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellQuote } from '../../src/deploy/shell-quote.ts';

test('a shell gives back what was quoted, and a plain word stays as it is', () => {
  assert.equal(shellQuote('harbor.example:8443/zenml_1'), 'harbor.example:8443/zenml_1');
  for (const text of ['a b', '', "it's", '$HOME', 'robot$zenml+loader', '`id`', '~', 'a=b', '#', 'a\nb', '*']) {
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' }), text);
  }
});
