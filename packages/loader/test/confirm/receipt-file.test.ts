import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { digestOf } from 'oras-js';
import { readReceipts } from '../../src/confirm/read-receipts.ts';
import { ReceiptFile } from '../../src/confirm/receipt-file.ts';

const OLD = digestOf(Buffer.from('old'));
const NEW = digestOf(Buffer.from('new'));

const START: ReceiptEntry = {
  event: 'start',
  receiptVersion: 1,
  time: '2026-11-25T12:00:00Z',
  operator: 'someone@host',
  tool: 'zenml-loader 0.1.0',
  bundle: { digest: OLD, created: '2026-11-25T11:00:00Z', signedBy: null },
  destination: { images: 'r.example/zenml', charts: 'r.example/zenml/charts' },
};

function tagged(digest: `sha256:${string}` | `sha512:${string}`, time: string): ReceiptEntry {
  return {
    event: 'tagged',
    time,
    kind: 'image',
    source: 'docker.io/zenmldocker/zenml:0.93.2',
    destination: 'r.example/zenml/zenml:0.93.2',
    digest,
    outcome: 'tagged',
  };
}

test('every entry is in the file as soon as append resolves, also when many append at once', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'a/b/receipt.jsonl');
  await using receipt = await ReceiptFile.open(path);
  await receipt.append(START);
  assert.equal(parseReceipt(await readFile(path, 'utf8')).length, 1);
  await Promise.all([1, 2, 3].map((second) => receipt.append(tagged(NEW, `2026-11-25T12:00:0${second}Z`))));
  assert.deepEqual(
    parseReceipt(await readFile(path, 'utf8')).map(({ time }) => time.slice(17, 19)),
    ['00', '01', '02', '03'],
  );
});

test('the latest receipt says what is under a reference, wherever it lies', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  for (const [name, digest, time] of [
    ['1.jsonl', NEW, '2026-11-25T12:00:02Z'],
    ['2.jsonl', OLD, '2026-11-25T12:00:01Z'],
  ] as const) {
    await using receipt = await ReceiptFile.open(join(folder.path, name));
    await receipt.append(START, tagged(digest, time));
  }
  const found = await readReceipts([], [folder.path, join(folder.path, 'not-there')]);
  assert.deepEqual([...found], [['r.example/zenml/zenml:0.93.2', NEW]]);
});

test('a receipt that a kill tore goes on behind its last whole line', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'receipt.jsonl');
  await writeFile(path, `${JSON.stringify(START)}\n${JSON.stringify(tagged(OLD, START.time)).slice(0, 40)}`);
  await using receipt = await ReceiptFile.open(path);
  await receipt.append(tagged(NEW, START.time));
  assert.deepEqual(parseReceipt(await readFile(path, 'utf8')), [START, tagged(NEW, START.time)]);
});

test('a file that is no receipt is neither appended to nor cut', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'notes.txt');
  await writeFile(path, 'my notes, without a line break');
  await assert.rejects(ReceiptFile.open(path), { code: 'INVALID_RECEIPT' });
  assert.equal(await readFile(path, 'utf8'), 'my notes, without a line break');
});

test('a receipt that was named has to be one; what merely lies in the folder does not', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'broken.jsonl');
  await writeFile(path, 'no receipt\n');
  assert.equal((await readReceipts([], [folder.path])).size, 0);
  await assert.rejects(readReceipts([path], []), { code: 'INVALID_RECEIPT' });
});
