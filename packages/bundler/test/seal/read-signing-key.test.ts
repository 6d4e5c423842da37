import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSigningKey } from '../../src/seal/signing-key.ts';

const noPassphrase = async (): Promise<undefined> => undefined;

test('a key file that never ends is no key; one that is a folder cannot be read; only one that is absent is not found', async () => {
  await assert.rejects(readSigningKey('/dev/zero', noPassphrase), { code: 'INVALID_KEY', message: /more than 65536 bytes/ });
  await assert.rejects(readSigningKey(import.meta.dirname, noPassphrase), { code: 'FILE_ERROR' });
  await assert.rejects(readSigningKey(`${import.meta.dirname}/absent.key`, noPassphrase), { code: 'FILE_NOT_FOUND' });
});
