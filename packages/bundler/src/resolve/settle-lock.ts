import { AirgapError, type Lock, type Request, requestHash } from '@zenml-airgap/bundle-spec';
import { readLock, writeLock } from './lock-file.ts';

/** `keep`: use the lock while it fits the request; `update`: resolve in any case; `locked`: never resolve. */
export type LockMode = 'keep' | 'update' | 'locked';

export interface SettledLock {
  readonly lock: Lock;
  readonly resolved: boolean;
}

export interface SettleLockOptions {
  readonly request: Request;
  readonly lockPath: string;
  readonly mode: LockMode;
  readonly resolve: () => Promise<Lock>;
  /** What may refuse a new lock while the old one is still there. */
  readonly beforeWrite?: ((lock: Lock) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The lock on disk, for `--locked`: asks no registry.
 * @throws LOCK_MISSING, LOCK_OUTDATED, INVALID_LOCK, FILE_ERROR
 */
export async function fittingLock({
  request,
  lockPath,
  signal,
}: Pick<SettleLockOptions, 'request' | 'lockPath' | 'signal'>): Promise<Lock> {
  const known = await readLock(lockPath, { signal });
  if (known === undefined) throw new AirgapError('LOCK_MISSING', `--locked was given, and ${lockPath} does not exist`);
  if (known.requestHash === requestHash(request)) return known;
  throw new AirgapError('LOCK_OUTDATED', `${lockPath} was resolved from another request`);
}

/**
 * The lock that fits `request`: the one on disk, or a new one, which is on disk before anything is fetched.
 * @throws LOCK_MISSING, LOCK_OUTDATED, INVALID_LOCK, or what `resolve` threw
 */
export async function settleLock({
  request,
  lockPath,
  mode,
  resolve,
  beforeWrite,
  signal,
}: SettleLockOptions): Promise<SettledLock> {
  if (mode === 'locked') return { lock: await fittingLock({ request, lockPath, signal }), resolved: false };
  const known = mode === 'update' ? undefined : await readLock(lockPath, { signal });
  if (known !== undefined && known.requestHash === requestHash(request)) return { lock: known, resolved: false };
  const lock = await resolve();
  await beforeWrite?.(lock);
  await writeLock(lockPath, lock, { signal });
  return { lock, resolved: true };
}
