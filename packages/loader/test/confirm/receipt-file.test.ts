import assert from 'node:assert/strict';
import { type FileHandle, mkdir, mkdtempDisposable, open, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AirgapError, parseReceipt, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { type Digest, digestOf } from 'oras-js';
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

function tagged(digest: Digest, time: string): Extract<ReceiptEntry, { event: 'tagged' }> {
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
  await using receipt = await ReceiptFile.open(path, { makeFolders: true });
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
  const lookup = await readReceipts({ files: [], folders: [folder.path, join(folder.path, 'not-there')] });
  assert.equal(await lookup('r.example/zenml/zenml:0.93.2'), NEW);
  assert.equal(await lookup('r.example/zenml/zenml:0.94.2'), undefined);
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

test('a receipt that was named has to be one, and the bad lines are named', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'broken.jsonl');
  await writeFile(path, `${JSON.stringify(START)}\nno receipt\n{"event":"end"}\n`);
  await assert.rejects(readReceipts({ files: [path], folders: [] }), (error) => {
    assert.ok(error instanceof AirgapError);
    assert.equal(error.code, 'INVALID_RECEIPT');
    assert.equal(error.problems.length, 2);
    assert.equal(error.problems[0], `${path}, line 2: not JSON`);
    assert.ok(error.problems[1]?.startsWith(`${path}, line 3: `));
    return true;
  });
});

test('a bad line in a receipt that merely lies there takes no other line with it, and is told', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const lines = [JSON.stringify(START), 'no receipt', JSON.stringify(tagged(NEW, START.time))];
  await writeFile(join(folder.path, 'a.jsonl'), `${lines.join('\n')}\n`);
  await mkdir(join(folder.path, 'b.jsonl'));
  const notes: string[] = [];
  const options = { onSkipped: (note: string) => void notes.push(note) };
  const lookup = await readReceipts({ files: [], folders: [folder.path] }, options);
  assert.equal(await lookup(tagged(NEW, START.time).destination), NEW);
  assert.deepEqual(notes, [`${join(folder.path, 'a.jsonl')}, line 2: not JSON; the line was left out`]);
});

test('the folder is read when the first reference is asked for, and once', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const lookup = await readReceipts({ files: [], folders: [folder.path] });
  {
    await using receipt = await ReceiptFile.open(join(folder.path, '1.jsonl'));
    await receipt.append(START, tagged(NEW, START.time));
  }
  assert.equal(await lookup(tagged(NEW, START.time).destination), NEW);
  await rm(join(folder.path, '1.jsonl'));
  assert.equal(await lookup(tagged(NEW, START.time).destination), NEW);
});

test('of more than a thousand receipts the newest are read, and it says so', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const name = (number: number): string => join(folder.path, `${String(number).padStart(4, '0')}.jsonl`);
  await Promise.all(Array.from({ length: 1001 }, (_, number) => writeFile(name(number), '')));
  await writeFile(name(0), `${JSON.stringify(START)}\n${JSON.stringify(tagged(NEW, START.time))}\n`);
  const notes: string[] = [];
  const lookup = await readReceipts({ files: [], folders: [folder.path] }, { onSkipped: (note) => void notes.push(note) });
  assert.equal(await lookup(tagged(NEW, START.time).destination), undefined);
  assert.deepEqual(notes, [`${folder.path} has 1001 receipts; the oldest 1 were left out`]);
});

test('what was skipped counts as what is there, unless nobody saw it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const skipped = (digest: Digest | null, time: string): ReceiptEntry => ({ ...tagged(OLD, time), digest, outcome: 'skipped' });
  {
    await using receipt = await ReceiptFile.open(join(folder.path, '1.jsonl'));
    await receipt.append(START, tagged(OLD, '2026-11-25T12:00:01Z'), skipped(NEW, '2026-11-25T12:00:02Z'));
    await receipt.append(skipped(null, '2026-11-25T12:00:03Z'));
  }
  const lookup = await readReceipts({ files: [], folders: [folder.path] });
  assert.equal(await lookup(tagged(NEW, START.time).destination), NEW);
});

for (const path of ['/', '/etc/passwd/receipt']) {
  test(`${path} can be no receipt: the system’s reason is told, with the path`, async () => {
    const told = { code: 'FILE_ERROR', message: new RegExp(`^the receipt ${path} cannot be `) };
    await assert.rejects(readReceipts({ files: [path], folders: [] }), told);
    await assert.rejects(ReceiptFile.open(path), told);
  });
}

test('a disk that is full is told as such, with the path and what to do', async () => {
  await using receipt = await ReceiptFile.open('/dev/full');
  await assert.rejects(receipt.append(START), {
    code: 'DISK_FULL',
    message: /^the receipt \/dev\/full cannot be written: ENOSPC/,
    remedy: /--receipt/,
  });
});

test('half a line that a full disk took is taken back: the next one does not grow onto it', async (t) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const path = join(folder.path, 'receipt.jsonl');
  await using receipt = await ReceiptFile.open(path);
  await receipt.append(START);
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const mocked = t.mock.method(await fileHandlePrototype(path), 'datasync', () => Promise.reject(full));
  await assert.rejects(receipt.append(tagged(OLD, START.time)), { code: 'DISK_FULL' });
  mocked.mock.restore();
  await receipt.append(tagged(NEW, START.time));
  assert.deepEqual(parseReceipt(await readFile(path, 'utf8')), [START, tagged(NEW, START.time)]);
});

test('a new receipt’s folder is synced, and what holds the folders that were made for it', async (t) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const synced: string[] = [];
  t.mock.method(await fileHandlePrototype(folder.path), 'sync', async function (this: { readonly fd: number }) {
    synced.push(await readlink(`/proc/self/fd/${this.fd}`));
  });
  await using receipt = await ReceiptFile.open(join(folder.path, 'a/b/receipt.jsonl'), { makeFolders: true });
  assert.deepEqual(synced, [join(folder.path, 'a/b'), join(folder.path, 'a'), folder.path]);
  assert.ok(receipt.path.endsWith('receipt.jsonl'));
});

test('a folder that was named and is not there is not made', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  await assert.rejects(ReceiptFile.open(join(folder.path, 'slip/r.jsonl')), {
    code: 'FILE_NOT_FOUND',
    message: `there is no folder ${join(folder.path, 'slip')} for the receipt`,
    remedy: /--receipt/,
  });
  assert.deepEqual(await readdir(folder.path), []);
});

test('an interrupted run opens no receipt', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'receipt-'));
  const signal = AbortSignal.abort();
  await assert.rejects(ReceiptFile.open(join(folder.path, 'r.jsonl'), { signal }), { code: 'ABORTED' });
  await writeFile(join(folder.path, 'named.jsonl'), '');
  const named = { files: [join(folder.path, 'named.jsonl')], folders: [] };
  await assert.rejects(readReceipts(named, { signal }), { code: 'ABORTED' });
});

async function fileHandlePrototype(path: string): Promise<FileHandle> {
  await using file = await open(path, 'r');
  return Object.getPrototypeOf(file) as FileHandle;
}
