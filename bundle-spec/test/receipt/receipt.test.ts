import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReceiptEntry, parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import fc from 'fast-check';
import { thrownBy } from '../fixtures/thrown-by.ts';

const digest = `sha256:${'0'.repeat(64)}` as const;
const time = '2026-11-25T12:00:00Z';
const ENTRIES: ReceiptEntry[] = [
  {
    event: 'start',
    receiptVersion: 1,
    time,
    operator: 'ops@inside',
    tool: 'zenml-loader 0.1.0',
    bundle: { digest, created: time, signedBy: null },
    destination: { images: 'harbor.corp.example/zenml', charts: 'harbor.corp.example/zenml/charts' },
  },
  {
    event: 'tagged',
    time,
    kind: 'image',
    source: 'docker.io/zenmldocker/zenml:0.93.2',
    destination: 'harbor.corp.example/zenml/zenml:0.93.2',
    digest,
    outcome: 'withheld',
    policy: 'vulnerabilities above high',
  },
  { event: 'end', time, uploadedBytes: 1, uploadedBlobs: 1, mountedBlobs: 0, skippedBlobs: 0 },
];

test('reads what was appended, line by line', () => {
  const text = ENTRIES.map(formatReceiptEntry).join('');
  assert.equal(text.split('\n').length, 4);
  assert.deepEqual(parseReceipt(text), ENTRIES);
  assert.deepEqual(parseReceipt(''), []);
});

test('leaves out a last line that a kill tore, wherever it tore it', () => {
  const [start = '', tagged = ''] = ENTRIES.map(formatReceiptEntry);
  for (let length = 0; length < tagged.length; length += 1) {
    assert.deepEqual(parseReceipt(start + tagged.slice(0, length)), ENTRIES.slice(0, 1));
  }
});

test('refuses a torn line in the middle, and names it', () => {
  const [start = '', tagged = ''] = ENTRIES.map(formatReceiptEntry);
  const error = thrownBy(() => parseReceipt(`${start}${tagged.slice(0, 20)}\n${tagged}`));
  assert.equal(error.code, 'INVALID_RECEIPT');
  assert.match(error.message, /line 2 of the receipt is not JSON/);
});

test('refuses to write what could not be read: a newline inside a policy would begin a line', () => {
  const [, tagged] = ENTRIES;
  assert.equal(thrownBy(() => formatReceiptEntry({ ...tagged, policy: 'a\nb' } as ReceiptEntry)).code, 'INVALID_RECEIPT');
});

test('only what was skipped may lack a digest', () => {
  const [, tagged] = ENTRIES;
  const entry = (outcome: string): ReceiptEntry => ({ ...tagged, digest: null, outcome }) as ReceiptEntry;
  assert.deepEqual(parseReceipt(formatReceiptEntry(entry('skipped'))), [entry('skipped')]);
  assert.equal(thrownBy(() => formatReceiptEntry(entry('tagged'))).code, 'INVALID_RECEIPT');
});

test('whatever text comes, the answer is a receipt or an AirgapError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      if (!text.includes('\n')) assert.deepEqual(parseReceipt(text), []);
      assert.equal(thrownBy(() => parseReceipt(`${text}\n`)).code, 'INVALID_RECEIPT');
    }),
  );
});
