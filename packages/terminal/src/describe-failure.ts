import { escapeControl, type OrasError } from 'oras-js';

/** What is printed of an error, and with `--json` the fields of its record. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** Messages of the causes, outermost first. */
  readonly causes: readonly string[];
  /** All problems of an error that collects them; the message may show the first ones only. */
  readonly problems: readonly string[];
}

const MAX_CAUSES = 5;
/** Long enough for a table of conflicts, short enough that no registry fills a terminal. */
const MAX_MESSAGE_CHARS = 64 * 1024;
/** For the code that no catalogue knows. */
const LAST_REMEDY = 'Please report it, with the output of the same command and --json.';

/** @param remedyOf the catalogue's remedy for a code, for errors that bring none of their own */
export function describeFailure(error: OrasError<string>, remedyOf: (code: string) => string | undefined): Failure {
  const causes: string[] = [];
  let cause = error.cause;
  while (cause !== undefined && cause !== null && causes.length < MAX_CAUSES) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (text !== '') causes.push(escapeLines(text));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return {
    code: error.code,
    message: escapeLines(error.message),
    remedy: escapeLines(error.remedy ?? remedyOf(error.code) ?? LAST_REMEDY),
    causes,
    problems: problemsOf(error).map(escapeLines),
  };
}

/** `AirgapError` of bundle-spec has them, which this package does not know. */
function problemsOf(error: object): string[] {
  const problems = 'problems' in error ? error.problems : undefined;
  return Array.isArray(problems) ? problems.filter((problem) => typeof problem === 'string') : [];
}

export function formatFailure(failure: Failure): string {
  const lines = [`error ${failure.code}: ${failure.message}`];
  for (const cause of failure.causes) if (!failure.message.includes(cause)) lines.push(`  cause: ${cause}`);
  lines.push(`remedy: ${failure.remedy}`);
  return lines.join('\n');
}

/** Our own line breaks stay; everything else that a registry or a bundle could play on a terminal does not. */
function escapeLines(text: string): string {
  return text
    .slice(0, MAX_MESSAGE_CHARS)
    .split('\n')
    .map((line) => escapeControl(line, MAX_MESSAGE_CHARS))
    .join('\n');
}
