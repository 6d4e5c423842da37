import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize } from '../../../bundle-spec/src/files/format-size.ts';
import { formatTable } from '../src/format-table.ts';
import { formatBytes, formatDuration } from '../src/index.ts';

test('writes bytes in binary units with one decimal', () => {
  assert.deepEqual([0, 1023, 1024, 1536, 1024 ** 2 - 1, 1_306_525_696].map(formatBytes), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '1.0 MiB',
    '1.2 GiB',
  ]);
});

test('writes durations in the two largest units', () => {
  assert.deepEqual([0, 949, 9_940, 9_960, 59_400, 59_600, 72_000, 3_720_000].map(formatDuration), [
    '0.0 s',
    '0.9 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 0 s',
    '1 min 12 s',
    '1 h 2 min',
  ]);
});

test('aligns columns and leaves no trailing space', () => {
  const table = formatTable(
    [{ title: 'IMAGE' }, { title: 'SIZE', align: 'right' }, { title: 'NOTE' }],
    [
      ['zenml-pro-api', '1.0 MiB', ''],
      ['zenml', '120.5 MiB', 'shared'],
    ],
  );
  assert.equal(
    table,
    ['IMAGE               SIZE  NOTE', 'zenml-pro-api    1.0 MiB', 'zenml          120.5 MiB  shared'].join('\n'),
  );
});

test('sizes on the terminal and in a bundle’s manifest.txt have the same base and round alike', () => {
  for (const bytes of [0, 1000, 1023, 1024, 1_000_000, 1024 ** 2 - 1, 1024 ** 2, 1_306_525_696, 3 * 1024 ** 4]) {
    const rounded = bytes < 1024 ? `${bytes} B` : /\((.*)\)/.exec(formatSize(bytes))?.[1];
    assert.equal(rounded, formatBytes(bytes));
  }
  assert.equal(formatSize(1_234_567), '1,234,567 bytes (1.2 MiB)');
  assert.equal(formatSize(1000), '1,000 bytes');
});
