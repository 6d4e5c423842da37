import { type ErrorDetails, OrasError } from 'oras-js';
import { ERROR_CATALOGUE } from './error-catalogue.ts';
import type { ErrorCode } from './error-code.ts';

/** How many collected problems a message shows; `problems` has them all. */
const MAX_SHOWN_PROBLEMS = 50;

export interface AirgapErrorDetails extends ErrorDetails {
  /** All problems of this kind, one line each, most useful with its place: `zenml-bundle.yaml:3:9: …`. */
  readonly problems?: readonly string[] | undefined;
}

/** The error of everything above oras-js. Without a remedy of its own it carries the catalogue's. */
export class AirgapError extends OrasError<ErrorCode> {
  override readonly name = 'AirgapError';
  readonly problems: readonly string[];

  /** @param message what and where; the problems follow it, one a line */
  constructor(code: ErrorCode, message: string, details: AirgapErrorDetails = {}) {
    const problems = details.problems ?? [];
    super(code, withProblems(message, problems), { ...details, remedy: details.remedy ?? ERROR_CATALOGUE[code].remedy });
    this.problems = problems;
  }
}

function withProblems(message: string, problems: readonly string[]): string {
  if (problems.length === 0) return message;
  const shown = problems.slice(0, MAX_SHOWN_PROBLEMS).map((problem) => `\n  ${problem}`);
  const hidden = problems.length - shown.length;
  return `${message}:${shown.join('')}${hidden > 0 ? `\n  … and ${hidden} more` : ''}`;
}
