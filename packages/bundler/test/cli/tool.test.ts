import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TOOL } from '../../src/cli/tool.ts';

test('says the version that package.json has', async () => {
  const declared: { version: string } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
  assert.equal(TOOL.version, declared.version);
});
