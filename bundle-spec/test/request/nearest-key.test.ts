import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestKey } from '../../src/request/nearest-key.ts';

const KEYS = ['scenario', 'source', 'versions', 'client', 'platforms', 'charts', 'images', 'allowMissing', 'registry', 'mirrors'];

test('finds the key that was meant: letters wrong, missing, exchanged, another case', () => {
  const cases = {
    scenaro: 'scenario',
    soruce: 'source',
    version: 'versions',
    Chart: 'charts',
    allow_missing: 'allowMissing',
    'allow-mising': 'allowMissing',
    registries: 'registry',
  };
  for (const [written, meant] of Object.entries(cases)) assert.equal(nearestKey(written, KEYS), meant, written);
});

test('does not guess where nothing is near', () => {
  for (const written of ['', 'x', 'passphrase', 'kubernetes', 'x'.repeat(100_000)])
    assert.equal(nearestKey(written, KEYS), undefined, written.slice(0, 20));
});
