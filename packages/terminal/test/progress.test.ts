import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProgressOptions } from '../src/index.ts';
import { ProgressCount } from '../src/progress-count.ts';
import { createTerminal, type TerminalOptions } from '../src/terminal.ts';
import { FakeHost } from './fake-host.ts';

const KIB = 1024;

function counting(options: Partial<ProgressOptions> = {}) {
  const clock = { ms: 0 };
  return { clock, count: new ProgressCount({ label: 'fetch', totalBytes: 4 * KIB, ...options }, () => clock.ms) };
}

test('says bytes, rate, time left and what is waited for', () => {
  const { clock, count } = counting();
  clock.ms = 1000;
  count.add(KIB);
  count.say('waiting\u001b[2J');
  assert.equal(count.describe(), '1.0 KiB of 4.0 KiB, 1.0 KiB/s, 3.0 s left, waiting\\u001b[2J');
});

test('what an earlier run has done is no part of the rate or of the time left', () => {
  const { clock, count } = counting({ initialBytes: 2 * KIB });
  clock.ms = 1000;
  assert.equal(count.describe(), '2.0 KiB of 4.0 KiB, 0 B/s');
  count.add(KIB);
  assert.equal(count.describe(), '3.0 KiB of 4.0 KiB, 1.0 KiB/s, 1.0 s left');
  count.add(-2 * KIB);
  assert.equal(count.describe(), '1.0 KiB of 4.0 KiB, 0 B/s');
});

test('bytes take back what was waited for, once it could be read; bytes taken back do not', () => {
  const { clock, count } = counting();
  count.say('r.example: connection reset; trying again in 1.0 s');
  count.add(1);
  assert.notEqual(count.note, '');
  clock.ms = 3_000;
  count.add(-1);
  assert.notEqual(count.note, '');
  count.add(1);
  assert.equal(count.note, '');
});

test('more bytes than were expected are never more than all', () => {
  const { count } = counting();
  count.add(5 * KIB);
  assert.match(count.describe(), /^5\.0 KiB of 5\.0 KiB, /);
});

function terminalOf(options: Partial<TerminalOptions>, { isTTY = false } = {}) {
  const host = new FakeHost();
  Object.assign(host.stderr, { isTTY });
  return { host, terminal: createTerminal(host, { json: false, quiet: false, ...options }) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is waited for is part of the progress while one runs, and a note before and after', async () => {
  const { host, terminal } = terminalOf({});
  terminal.waiting('before');
  const progress = terminal.progress({ label: 'push', totalBytes: KIB });
  terminal.waiting('during');
  terminal.waiting('during');
  progress.done();
  terminal.waiting('after');
  await turn();
  assert.deepEqual(host.err.join('').split('\n'), [
    'before',
    'push: 0 B of 1.0 KiB, 0 B/s, during',
    'push: 0 B of 1.0 KiB, 0 B/s, during',
    'after',
    '',
  ]);
});

test('scripts are told what was there at the start', async () => {
  const { host, terminal } = terminalOf({ json: true });
  terminal.progress({ label: 'fetch', totalBytes: 3, initialBytes: 2 }).done();
  await turn();
  assert.deepEqual(JSON.parse(host.out.join('')), {
    event: 'progress',
    label: 'fetch',
    bytes: 2,
    totalBytes: 3,
    initialBytes: 2,
  });
});

test('a note clears the bar that stands in its line', async () => {
  const { host, terminal } = terminalOf({}, { isTTY: true });
  Object.assign(host.stderr, { cursorTo() {}, clearLine() {}, columns: 80 });
  const progress = terminal.progress({ label: 'push', totalBytes: KIB });
  terminal.note('by the way');
  progress.done();
  terminal.note('the end');
  await turn();
  const written = host.err.join('');
  assert.ok(written.includes('\r\u001b[Kby the way\n'), written);
  assert.ok(written.endsWith('the end\n') && !written.includes('\r\u001b[Kthe end'), written);
});
