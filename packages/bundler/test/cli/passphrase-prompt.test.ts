import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

/** Runs a command at a real terminal, types `keys` at its prompt, prints what is seen and exits as the command does. */
const AT_A_TERMINAL = `
import os, pty, sys
keys, command = sys.argv[1].encode().decode('unicode_escape').encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen, typed = b'', False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
    if not typed and b'Passphrase' in seen:
        typed = True
        os.write(terminal, keys)
sys.stdout.buffer.write(seen)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Only for a prompt that never comes: a busy machine takes its time to start the program. */
const TIMEOUT_MS = 180_000;

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import pty'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const skip = hasPython() ? false : 'python3 drives the terminal, and is not here';

function keygenWith(keys: string): { code: number | null; seen: string; left: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'bundler-prompt-'));
  try {
    const { status, stdout, error } = spawnSync(
      'python3',
      ['-c', AT_A_TERMINAL, keys, process.execPath, '--conditions=@zenml-airgap/source', MAIN, 'keygen', join(folder, 'airgap')],
      { env: { PATH: process.env.PATH, HOME: folder, TERM: 'xterm' }, encoding: 'utf8', timeout: TIMEOUT_MS },
    );
    assert.equal(error, undefined);
    return { code: status, seen: stdout, left: readdirSync(folder).sort() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('Ctrl-C at the passphrase prompt of a terminal is an interruption, and no key is written', { skip }, () => {
  const { code, seen, left } = keygenWith('abc\\x03');
  assert.equal(code, 130, seen);
  assert.match(seen, /error ABORTED: interrupted\r?\nremedy: /);
  assert.doesNotMatch(seen, /abc|at .*\.ts/);
  assert.deepEqual(left, []);
});

test('Ctrl-D at the passphrase prompt of a terminal is a passphrase that is lacking', { skip }, () => {
  const { code, seen, left } = keygenWith('\\x04');
  assert.equal(code, 2, seen);
  assert.match(seen, /error PASSPHRASE_REQUIRED: nothing was entered .*\r?\nremedy: /);
  assert.deepEqual(left, []);
});
