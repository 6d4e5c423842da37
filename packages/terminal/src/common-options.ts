import { type Command, InvalidArgumentError } from 'commander';

/** What every command that speaks to a registry takes. */
export interface RegistryOptions {
  readonly caFile?: string;
  readonly plainHttp?: boolean;
  readonly concurrency?: number;
  readonly username?: string;
  readonly passwordStdin?: boolean;
}

/** `--json` and `--quiet`, which `runCommand` reads by itself. */
export function addOutputOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON lines on standard output, for scripts')
    .option('--quiet', 'print results and errors only');
}

export function addRegistryOptions(command: Command): Command {
  return addOutputOptions(command)
    .option('--ca-file <pem>', 'trust these certificate authorities too')
    .option('--plain-http', 'speak http to registries that have no TLS (implied for loopback only)')
    .option('--concurrency <n>', 'transfers at a time', parseCount)
    .option('--username <name>', 'user name for the private registry; the password comes on standard input', parseUsername)
    .option('--password-stdin', 'read the password from standard input');
}

/** Transfers at a time, as crane: more connections gain nothing on one registry (facts: performance). */
export const DEFAULT_CONCURRENCY = 4;

/** A user name goes into a header and into commands to be pasted: no line break may hide in it. */
export function parseUsername(text: string): string {
  if (text === '' || /\p{Cc}/u.test(text)) throw new InvalidArgumentError('a user name, without control characters');
  return text;
}

const MAX_COUNT = 64;

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new InvalidArgumentError(`a number from 1 to ${MAX_COUNT}`);
  return count;
}
