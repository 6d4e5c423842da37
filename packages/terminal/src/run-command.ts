import { type Command, CommanderError } from 'commander';
import { OrasError } from 'oras-js';
import type { CommandHost } from './command-host.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface RunCommandOptions {
  readonly host: CommandHost;
  /** The exit code of an error that a command threw. */
  readonly exitCodeOf: (error: unknown) => number;
}

const EXIT_DONE = 0;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/**
 * Parses `argv` (without node and script), runs the command that it names, prints its error.
 * @returns the process's exit code
 */
export async function runCommand(
  define: (context: CommandContext) => Command,
  argv: readonly string[],
  { host, exitCodeOf }: RunCommandOptions,
): Promise<number> {
  // Read ahead of the parser, so that its own errors take the form that was asked for.
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length);
  const terminal = createTerminal(host, { json: flags.includes('--json'), quiet: flags.includes('--quiet') });
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) host.exit(EXIT_INTERRUPTED);
    interruption.abort(new OrasError('ABORTED', 'interrupted'));
  };
  // `| head` closes stdout early: that is no error of ours.
  const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
  };
  host.stdout.on('error', ignoreClosedPipe);
  host.on('SIGINT', interrupt);
  host.on('SIGTERM', interrupt);
  try {
    const program = define({ terminal, signal: interruption.signal });
    prepare(program, host);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT_DONE;
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, terminal);
    if (interruption.signal.aborted) {
      terminal.failure(
        new OrasError('ABORTED', 'interrupted', { remedy: 'Nothing is half-done. Run the same command again to continue.' }),
      );
      return EXIT_INTERRUPTED;
    }
    terminal.failure(error);
    return exitCodeOf(error);
  } finally {
    host.off('SIGINT', interrupt);
    host.off('SIGTERM', interrupt);
    host.stdout.off('error', ignoreClosedPipe);
  }
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

function usage(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0) return EXIT_DONE;
  const message = error.message.replace(/^error: /, '');
  terminal.failure(
    new OrasError('USAGE', message === '(outputHelp)' ? 'no command was given' : message, {
      remedy: 'Run it with --help to see commands, options and examples.',
    }),
  );
  return EXIT_USAGE;
}
