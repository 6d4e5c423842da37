import { checkAgainst } from '../problems/parse-json.ts';
import { type Lock, lockSchema } from '../schemas/lock.ts';

/**
 * The lock as it is written: indented and in one order, so that a change shows as what it is in a version control system.
 * @throws INVALID_LOCK where it could not be read again
 */
export function formatLock(lock: Lock): string {
  return `${JSON.stringify(checkAgainst(lockSchema, lock, { code: 'INVALID_LOCK', what: 'the lock to be written' }), null, 2)}\n`;
}
