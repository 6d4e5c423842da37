import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { OrasError } from 'oras-js';
import { addOutputOptions, type CommandContext, runCommand } from '../src/index.ts';
import { FakeHost } from './fake-host.ts';

function exitCodeOf(error: unknown): number {
  if (!(error instanceof OrasError)) return 1;
  return { USAGE: 2, ABORTED: 130 }[error.code as string] ?? 5;
}

async function run(argv: string[], action: (context: CommandContext, host: FakeHost) => Promise<void> | void) {
  const host = new FakeHost();
  const code = await runCommand(
    (context) => {
      const program = new Command('tool');
      addOutputOptions(program.command('work')).action(() => action(context, host));
      return program;
    },
    argv,
    { host, exitCodeOf, remedyOf: (code) => `Look up ${code}.` },
  );
  return { code, out: host.out.join(''), err: host.err.join(''), host };
}

test('a command that returns exits with 0, its result on stdout', async () => {
  const { code, out, err } = await run(['work'], ({ terminal }) => terminal.result('done'));
  assert.deepEqual({ code, out, err }, { code: 0, out: 'done\n', err: '' });
});

test('an error names code, message, cause and remedy, and has the exit code of its kind', async () => {
  const { code, err } = await run(['work'], () => {
    throw new OrasError('CONNECTION_FAILED', 'no answer from 127.0.0.1:1', {
      remedy: 'Start it.',
      cause: new Error('ECONNREFUSED'),
    });
  });
  assert.equal(code, 5);
  assert.equal(err, 'error CONNECTION_FAILED: no answer from 127.0.0.1:1\n  cause: ECONNREFUSED\nremedy: Start it.\n');
});

test('control characters of a registry never reach the terminal', async () => {
  const { err } = await run(['work'], () => {
    throw new OrasError('DENIED', 'the registry says \u001b]0;owned\u0007');
  });
  assert.equal(err.includes('\u001b'), false);
  assert.equal(err.includes('\u0007'), false);
});

test('with --json stdout has JSON lines only, errors too', async () => {
  const { out } = await run(['work', '--json'], ({ terminal }) => {
    terminal.result('for people');
    terminal.record({ event: 'fetched', bytes: 3 });
    throw new OrasError('DENIED', 'no');
  });
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines, [
    { event: 'fetched', bytes: 3 },
    { event: 'error', code: 'DENIED', message: 'no', remedy: 'Look up DENIED.', causes: [], problems: [] },
  ]);
});

test('--quiet silences notes and progress, not results', async () => {
  const { out, err } = await run(['work', '--quiet'], ({ terminal }) => {
    terminal.note('by the way');
    terminal.progress({ label: 'fetch', totalBytes: 1 }).done();
    terminal.result('done');
  });
  assert.deepEqual({ out, err }, { out: 'done\n', err: '' });
});

test('--json and --quiet are taken before the command too', async () => {
  for (const flag of ['--json', '--quiet']) {
    const { code, out } = await run([flag, 'work'], ({ terminal }) =>
      terminal.record({ json: terminal.json, quiet: terminal.quiet }),
    );
    assert.deepEqual({ code, out }, { code: 0, out: flag === '--json' ? '{"json":true,"quiet":false}\n' : '' });
  }
});

test('an unknown option is a usage error that names the nearest one', async () => {
  const { code, err } = await run(['work', '--jsn'], () => {});
  assert.equal(code, 2);
  assert.match(err, /^error USAGE: unknown option '--jsn'\n\(Did you mean --json\?\)\nremedy: Run it with --help/);
});

test('--help exits with 0 and prints to stdout', async () => {
  const { code, out } = await run(['work', '--help'], () => {});
  assert.equal(code, 0);
  assert.match(out, /Usage: tool work/);
});

test('the first SIGINT aborts the command and exits with 130', async () => {
  const { code, err } = await run(['work'], async ({ signal }, host) => {
    const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    host.emit('SIGINT');
    await aborted;
  });
  assert.equal(code, 130);
  assert.equal(err, 'error ABORTED: interrupted\nremedy: Look up ABORTED.\n');
});

test('what a command says of an interruption is its remedy', async () => {
  const { err } = await run(['work'], ({ ifInterrupted }, host) => {
    ifInterrupted('Run it again; receipt.jsonl has the rest.');
    host.emit('SIGINT');
    throw new Error('broken off');
  });
  assert.equal(err, 'error ABORTED: interrupted\nremedy: Run it again; receipt.jsonl has the rest.\n');
});

test('a second SIGINT exits at once', async () => {
  const { host } = await run(['work'], (_context, fake) => {
    fake.emit('SIGINT');
    assert.throws(() => fake.emit('SIGINT'), /exited with 130/);
  });
  assert.equal(host.exited, 130);
});

test('a password on standard input loses its line break alone', async () => {
  const { out } = await run(['work'], async ({ terminal }, host) => {
    (host.stdin as unknown as NodeJS.WritableStream).end(' pass word \r\n');
    terminal.result(JSON.stringify(await terminal.secretFromInput()));
  });
  assert.equal(out, '" pass word "\n');
});

test('a password of more than 64 KiB is a usage error', async () => {
  const { err } = await run(['work'], async ({ terminal }, host) => {
    (host.stdin as unknown as NodeJS.WritableStream).end('x'.repeat(65 * 1024));
    await terminal.secretFromInput();
  });
  assert.match(
    err,
    /^error USAGE: standard input has more than 65536 bytes: that is no password\nremedy: Give the password alone/,
  );
});

test('collected problems are a list for scripts', async () => {
  const { out } = await run(['work', '--json'], () => {
    throw Object.assign(new OrasError('DENIED', 'two things'), { problems: ['one', 'two\u001b'] });
  });
  assert.deepEqual(JSON.parse(out).problems, ['one', 'two\\u001b']);
});

test('a reader that leaves early, of stdout or stderr, is no error; the command runs to its end', async () => {
  let ended = false;
  const { code, host } = await run(['work'], async (_context, { stdout, stderr }) => {
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
    stdout.emit('error', closed);
    stderr.emit('error', closed);
    ended = true;
  });
  assert.deepEqual({ code, ended }, { code: 0, ended: true });
  // Streams report after the write that failed, the last ones after the command has ended.
  host.stderr.emit('error', new Error('write EPIPE'));
});

test('a result that could not be written is an error', async () => {
  const { code, err } = await run(['work'], ({ terminal }, { stdout }) => {
    terminal.result('lost');
    setImmediate(() => stdout.emit('error', Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC', syscall: 'write' })));
  });
  assert.equal(code, 5);
  assert.match(err, /^error DISK_FULL: write failed: ENOSPC: no space\n/);
});
