import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AirgapError, ERROR_CATALOGUE, ExitCode, exitCodeOf, isErrorCode, remedyOf } from '@zenml-airgap/bundle-spec';
import { addOutputOptions, runCommand } from '@zenml-airgap/terminal';
import { Command } from 'commander';
import { OrasError } from 'oras-js';
import { FakeHost } from '../../../terminal/test/fake-host.ts';

interface Failed {
  readonly exitCode: number;
  readonly code: string;
  readonly remedy: string;
}

/** What is printed where a command throws, with the settings that both programs have. */
async function failedWith(error: unknown): Promise<Failed> {
  const host = new FakeHost();
  const command = addOutputOptions(new Command('work')).action(() => {
    throw error;
  });
  const exitCode = await runCommand(() => new Command('tool').addCommand(command), ['work', '--json'], {
    host,
    exitCodeOf,
    remedyOf,
  });
  await new Promise((resolve) => setImmediate(resolve));
  const { code, remedy } = JSON.parse(host.out.join(''));
  assert.match(host.err.join(''), new RegExp(`^error ${code}: .*\nremedy: \\S`, 's'));
  return { exitCode, code, remedy };
}

test('every code of the catalogue is printed with a remedy and has its exit code, whoever throws it', async () => {
  for (const [code, { exitCode, remedy }] of Object.entries(ERROR_CATALOGUE)) {
    assert.deepEqual(await failedWith(new OrasError<string>(code, 'x')), { exitCode, code, remedy });
  }
});

test('every code that is printed is in the catalogue, and says the same as the exit code', async () => {
  const system = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });
  const cases: [unknown, string, number][] = [
    [new TypeError('x'), 'INTERNAL', ExitCode.unexpected],
    [undefined, 'INTERNAL', ExitCode.unexpected],
    [system('ENOSPC'), 'DISK_FULL', ExitCode.preflight],
    [system('EACCES'), 'FILE_ERROR', ExitCode.permission],
    [new AirgapError('FILE_ERROR', 'x', { cause: system('EPERM') }), 'FILE_ERROR', ExitCode.permission],
    [system('EIO'), 'FILE_ERROR', ExitCode.unexpected],
    [system('ECONNRESET'), 'CONNECTION_FAILED', ExitCode.network],
    [AbortSignal.abort().reason, 'ABORTED', ExitCode.interrupted],
    [new AggregateError([new Error('x'), new AirgapError('CONFLICT', 'x')]), 'CONFLICT', ExitCode.conflict],
  ];
  for (const [error, code, exitCode] of cases) {
    const failed = await failedWith(error);
    assert.ok(isErrorCode(failed.code), failed.code);
    assert.deepEqual([failed.code, failed.exitCode], [code, exitCode]);
  }
});
