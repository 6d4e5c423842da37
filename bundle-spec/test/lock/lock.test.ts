import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLock, type Lock, parseLock } from '@zenml-airgap/bundle-spec';
import fc from 'fast-check';
import { sampleBundle } from '../fixtures/sample-bundle.ts';
import { thrownBy } from '../fixtures/thrown-by.ts';

const file = 'zenml-bundle.lock.json';
const LOCK: Lock = {
  lockVersion: 1,
  requestHash: `sha256:${'0'.repeat(64)}`,
  created: '2026-11-25T12:00:00Z',
  versions: { controlPlane: '0.13.0', workspaceServer: ['0.93.2'] },
  artifacts: sampleBundle().manifest.artifacts,
  charts: [{ chart: 'charts/zenml:0.93.2', method: 'read', reason: 'helm template: password is required' }],
  chartImages: [
    { image: 'busybox', chart: 'charts/zenml:0.93.2', where: ['templates/tests/test-connection.yaml:13'], status: 'allowed' },
  ],
};

test('reads what it writes, and writes it the same way again', () => {
  const text = formatLock(LOCK);
  assert.deepEqual(parseLock(text, { file }), LOCK);
  assert.equal(formatLock(parseLock(text, { file })), text);
  assert.ok(text.endsWith('}\n'));
});

test('writes the same text whatever order the keys came in', () => {
  assert.equal(formatLock(Object.fromEntries(Object.entries(LOCK).toReversed()) as Lock), formatLock(LOCK));
});

test('refuses a lock that was edited into something else, with all problems', () => {
  const { requestHash: _, ...without } = LOCK;
  const error = thrownBy(() => parseLock(JSON.stringify({ ...without, lockVersion: 2, extra: 1 }), { file }));
  assert.equal(error.code, 'INVALID_LOCK');
  assert.deepEqual([...error.problems].sort(), ['lockVersion: must be 1', 'requestHash: is missing', 'unknown key "extra"']);
});

test('refuses to write what could not be read', () => {
  assert.equal(thrownBy(() => formatLock({ ...LOCK, created: 'now' })).code, 'INVALID_LOCK');
});

test('whatever text comes, the answer is a lock or an AirgapError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) =>
      assert.equal(thrownBy(() => parseLock(text, { file })).code, 'INVALID_LOCK'),
    ),
  );
});
