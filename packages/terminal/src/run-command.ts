import { type Command, CommanderError } from 'commander';
import { OrasError } from 'oras-js';
import type { CommandHost } from './command-host.ts';
import { addOutputOptions } from './common-options.ts';
import { describeFailure } from './describe-failure.ts';
import { guardOutput } from './guard-output.ts';
import { knownError } from './known-error.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** From now on an interruption is told with this remedy: what is half done, and how it is continued. */
  ifInterrupted(remedy: string): void;
}

export interface RunCommandOptions {
  readonly host: CommandHost;
  /** The exit code of an error that a command threw. */
  readonly exitCodeOf: (error: unknown) => number;
  /** The remedy for a code, where the error has none of its own. */
  readonly remedyOf: (code: string) => string | undefined;
}

const EXIT_DONE = 0;
const EXIT_INTERRUPTED = 130;

/**
 * Parses `argv` (without node and script), runs the command that it names, prints its error.
 * @returns the process's exit code
 */
export async function runCommand(
  define: (context: CommandContext) => Command,
  argv: readonly string[],
  { host, exitCodeOf, remedyOf }: RunCommandOptions,
): Promise<number> {
  // Read ahead of the parser, so that its own errors take the form that was asked for.
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  const terminal = createTerminal(host, { json: flags.includes('--json'), quiet: flags.includes('--quiet') });
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) host.exit(EXIT_INTERRUPTED);
    interruption.abort(new OrasError('ABORTED', 'interrupted'));
  };
  let interruptedRemedy: string | undefined;
  const ifInterrupted = (remedy: string): void => {
    interruptedRemedy = remedy;
  };
  const fail = (thrown: unknown): number => {
    const known = interruption.signal.aborted ? new OrasError('ABORTED', 'interrupted') : knownError(thrown);
    const error = known.code === 'ABORTED' ? withRemedy(known, interruptedRemedy) : known;
    terminal.failure(describeFailure(error, remedyOf));
    return exitCodeOf(error);
  };
  const output = guardOutput(host);
  host.on('SIGINT', interrupt);
  host.on('SIGTERM', interrupt);
  try {
    const program = define({ terminal, signal: interruption.signal, ifInterrupted });
    // Before the command too: whoever reads the options above sees them, wherever they stand.
    addOutputOptions(program);
    prepare(program, host);
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error);
    if (error.exitCode !== 0) return fail(usageError(error));
  } finally {
    host.off('SIGINT', interrupt);
    host.off('SIGTERM', interrupt);
  }
  const lost = await output.failure();
  return lost === undefined ? EXIT_DONE : fail(lost);
}

/** commander inherits these settings only into commands that are added later: set them on all. */
function prepare(command: Command, host: CommandHost): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void host.stdout.write(text),
    writeErr: () => {},
  });
  command.showSuggestionAfterError();
  for (const child of command.commands) prepare(child, host);
}

function withRemedy(error: OrasError<string>, remedy: string | undefined): OrasError<string> {
  return remedy === undefined ? error : new OrasError(error.code, error.message, { remedy, cause: error.cause });
}

function usageError(error: CommanderError): OrasError<'USAGE'> {
  const message = error.message.replace(/^error: /, '');
  return new OrasError('USAGE', message === '(outputHelp)' ? 'no command was given' : message, {
    remedy: 'Run it with --help to see commands, options and examples.',
  });
}
