import { ERROR_CATALOGUE } from './error-catalogue.ts';
import { isErrorCode } from './exit-code-of.ts';

/** The catalogue's remedy, for errors of oras-js that bring none of their own. */
export function remedyOf(code: string): string | undefined {
  return isErrorCode(code) ? ERROR_CATALOGUE[code].remedy : undefined;
}
