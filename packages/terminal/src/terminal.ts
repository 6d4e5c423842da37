import { escapeControl } from 'oras-js';
import type { CommandHost } from './command-host.ts';
import { type Failure, formatFailure } from './describe-failure.ts';
import { type Column, formatTable } from './format-table.ts';
import { barProgress, jsonProgress, type Progress, plainProgress, SILENT_PROGRESS } from './progress.ts';
import type { ProgressOptions } from './progress-count.ts';
import { promptSecret, readSecret } from './read-secret.ts';

/** To the first column, and the line is empty. */
const CLEAR_LINE = '\r\u001b[K';

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** All that a command says. Results go to stdout, everything else to stderr; with `--json` stdout has JSON lines only. */
export interface Terminal extends TerminalOptions {
  /** Whether a person sits at standard input. */
  readonly interactive: boolean;
  /** A result for people; nothing with `--json`. */
  result(text: string): void;
  /** A result in aligned columns; nothing with `--json`. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void;
  /** A result for scripts: one JSON line; nothing without `--json`. */
  record(record: object): void;
  /** Something to know that is no result; nothing with `--quiet`. */
  note(text: string): void;
  /** Why nothing seems to happen: beside the progress that is shown, and a note where none is. */
  waiting(text: string): void;
  /** Bytes, rate and time left; one at a time. */
  progress(options: ProgressOptions): Progress;
  /** An error: its code, what and where, causes, remedy. */
  failure(failure: Failure): void;
  /** Asks a person for a secret, without echo. Only where `interactive`. */
  passphrase(prompt: string, signal?: AbortSignal): Promise<string>;
  /** Standard input as one secret, for `--password-stdin`. */
  secretFromInput(): Promise<string>;
}

export function createTerminal(host: CommandHost, options: TerminalOptions): Terminal {
  const { json, quiet } = options;
  const printable = (text: string): string =>
    text
      .split('\n')
      .map((line) => escapeControl(line, Number.MAX_SAFE_INTEGER))
      .join('\n');
  const toStdout = (text: string): void => void host.stdout.write(`${text}\n`);
  const toStderr = (text: string): void => void host.stderr.write(`${text}\n`);
  const record = (value: object): void => {
    if (json) toStdout(JSON.stringify(value));
  };
  const startProgress = (progressOptions: ProgressOptions): Progress => {
    if (json) return jsonProgress(progressOptions, record);
    if (quiet) return SILENT_PROGRESS;
    if (host.stderr.isTTY === true) return barProgress(progressOptions, host.stderr);
    return plainProgress(progressOptions, toStderr);
  };
  let running: Progress | undefined;
  const note = (text: string): void => {
    if (quiet) return;
    // A bar stands where the note comes; the next one is drawn below it.
    const clear = running !== undefined && !json && host.stderr.isTTY === true ? CLEAR_LINE : '';
    host.stderr.write(`${clear}${printable(text)}\n`);
  };
  return {
    json,
    quiet,
    interactive: host.stdin.isTTY === true,
    result(text) {
      if (!json) toStdout(printable(text));
    },
    table(columns, rows) {
      if (!json)
        toStdout(
          formatTable(
            columns,
            rows.map((row) => row.map((cell) => escapeControl(cell, Number.MAX_SAFE_INTEGER))),
          ),
        );
    },
    record,
    note,
    waiting(text) {
      if (running === undefined) note(text);
      else running.say(text);
    },
    progress(progressOptions) {
      const shown = startProgress(progressOptions);
      const progress: Progress = {
        ...shown,
        done() {
          if (running === progress) running = undefined;
          shown.done();
        },
      };
      running = progress;
      return progress;
    },
    failure(failure) {
      if (json) record({ event: 'error', ...failure });
      toStderr(formatFailure(failure));
    },
    passphrase: (prompt, signal) => promptSecret(prompt, host, signal),
    secretFromInput: () => readSecret(host.stdin),
  };
}
