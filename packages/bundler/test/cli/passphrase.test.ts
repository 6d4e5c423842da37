import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { bundlerRig } from '../fixtures/bundler-rig.ts';

test('a passphrase comes from a file descriptor, less its line break', async () => {
  await using rig = await bundlerRig();
  await writeFile(rig.path('passphrase.txt'), 'correct horse\n');
  await using file = await open(rig.path('passphrase.txt'));
  const made = await rig.run('keygen', rig.path('airgap'), '--passphrase-fd', String(file.fd), '--json');
  assert.equal(made.code, 0, made.err);
  assert.equal(made.records[0]?.encrypted, true);
});

test('a descriptor that never ends, is not open, is empty or is no number is exit 2, and writes no key', async () => {
  await using rig = await bundlerRig();
  await using endless = await open('/dev/zero');
  await using empty = await open('/dev/null');
  const cases: [string, RegExp][] = [
    [
      String(endless.fd),
      /^error USAGE: .* has more than 65536 bytes: that is no passphrase\nremedy: Open it in the same command/,
    ],
    [String(empty.fd), /^error PASSPHRASE_REQUIRED: .* holds no passphrase\nremedy: /],
    ['987', /^error USAGE: file descriptor 987 cannot be read\n {2}cause: EBADF.*\nremedy: Open it/],
    ['three', /^error USAGE: --passphrase-fd takes the number .*, not "three"\nremedy: Open it/],
    ['', /^error USAGE: --passphrase-fd takes the number/],
  ];
  for (const [fd, text] of cases) {
    const { code, err } = await rig.run('keygen', rig.path('airgap'), '--passphrase-fd', fd);
    assert.equal(code, 2, err);
    assert.match(err, text);
  }
  assert.deepEqual(await rig.left(), []);
});
