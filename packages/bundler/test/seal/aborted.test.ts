import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSigningKey } from '../../src/seal/signing-key.ts';
import { writeKeyPair } from '../../src/seal/write-key-pair.ts';

test('an aborted keygen writes no half of a pair, and an aborted read asks for no passphrase', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keys-'));
  try {
    const signal = AbortSignal.abort();
    await assert.rejects(writeKeyPair(join(folder, 'a'), { signal }), { code: 'ABORTED' });
    assert.deepEqual(await readdir(folder), []);
    await writeKeyPair(join(folder, 'a'), { passphrase: 'correct horse' });
    const ask = () => assert.fail('was asked');
    await assert.rejects(readSigningKey(join(folder, 'a.key'), ask, { signal }), { code: 'ABORTED' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
