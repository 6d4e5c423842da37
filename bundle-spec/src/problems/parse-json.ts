import type * as z from 'zod';
import { AirgapError } from '../errors/airgap-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import { formatPath, schemaProblems } from './schema-problems.ts';

/** Enough to understand, and no list of a million lines out of a hostile file. */
export const MAX_PROBLEMS = 1000;

export interface ParseJsonOptions {
  readonly code: ErrorCode;
  /** What is read, as messages call it: `bundle-manifest.json`. */
  readonly what: string;
}

/** @throws `code` where `text` is not JSON */
export function parseJson(text: string, { code, what }: ParseJsonOptions): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AirgapError(code, `${what} is not JSON`, { cause });
  }
}

/** @throws `code` with all that the schema found */
export function checkAgainst<T>(schema: z.ZodType<T>, value: unknown, { code, what }: ParseJsonOptions): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = schemaProblems(result.error, value)
    .slice(0, MAX_PROBLEMS)
    .map(({ path, text }) => (path.length === 0 ? text : `${formatPath(path)}: ${text}`));
  throw new AirgapError(code, `${what} is not valid`, { problems });
}
