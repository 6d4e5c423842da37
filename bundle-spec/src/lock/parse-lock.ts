import { AirgapError } from '../errors/airgap-error.ts';
import { MAX_LOCK_BYTES } from '../limits.ts';
import { checkAgainst, parseJson } from '../problems/parse-json.ts';
import { type Lock, lockSchema } from '../schemas/lock.ts';

/**
 * Reads `zenml-bundle.lock.json`.
 * @param options.file what messages call it
 * @throws INVALID_LOCK with all problems
 */
export function parseLock(text: string, { file }: { readonly file: string }): Lock {
  const options = { code: 'INVALID_LOCK', what: file } as const;
  if (text.length > MAX_LOCK_BYTES)
    throw new AirgapError(options.code, `${file} has ${text.length} characters, more than ${MAX_LOCK_BYTES}`);
  return checkAgainst(lockSchema, parseJson(text, options), options);
}
