import { escapeControl, OrasError } from 'oras-js';

/** What is printed of an error, and with `--json` the fields of its record. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | undefined;
  /** Messages of the causes, outermost first. */
  readonly causes: readonly string[];
}

const MAX_CAUSES = 5;
/** Long enough for a table of conflicts, short enough that no registry fills a terminal. */
const MAX_MESSAGE_CHARS = 64 * 1024;

export function describeFailure(error: unknown): Failure {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < MAX_CAUSES) {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (text !== '') causes.push(escapeLines(text));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  if (error instanceof OrasError) {
    return {
      code: error.code,
      message: escapeLines(error.message),
      remedy: error.remedy === undefined ? undefined : escapeLines(error.remedy),
      causes,
    };
  }
  return {
    code: 'UNEXPECTED',
    message: escapeLines(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    remedy: 'This is a defect of the tool: please report it with this text.',
    causes,
  };
}

export function formatFailure(failure: Failure): string {
  const lines = [`error ${failure.code}: ${failure.message}`];
  for (const cause of failure.causes) if (!failure.message.includes(cause)) lines.push(`  cause: ${cause}`);
  if (failure.remedy !== undefined) lines.push(`remedy: ${failure.remedy}`);
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
