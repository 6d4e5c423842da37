import { type BundlePlan, planBundle } from '@zenml-airgap/bundle-file';
import { type BundleManifest, completeRequest, type Lock, type MissingImage, type Request } from '@zenml-airgap/bundle-spec';
import { type BundleContents, contentsOf } from './resolve/bundle-contents.ts';
import { missingOf, refuseMissingImages } from './resolve/missing-images.ts';
import { readLocked } from './resolve/read-locked.ts';
import { resolveRequest } from './resolve/resolve-request.ts';
import { type LockMode, type SettleLockOptions, settleLock } from './resolve/settle-lock.ts';
import type { OpenSource } from './resolve/source.ts';

export interface PrepareOptions {
  readonly lockPath: string;
  readonly mode: LockMode;
  /** Sources after mirrors, remembering what is small. */
  readonly open: OpenSource;
  /** The date of a new lock. */
  readonly now: string;
  /** `SOURCE_DATE_EPOCH`: the bundle's date instead of the lock's. */
  readonly sourceDate?: string | undefined;
  readonly tool: BundleManifest['tool'];
  /** Path of `helm`, where there is one. */
  readonly helm: string | undefined;
  readonly concurrency: number;
  /** What may refuse a new lock while the old one is still there; planning it costs registries' answers. */
  readonly beforeLock?: ((lock: Lock, plan: () => Promise<BundlePlan>) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PreparedBundle {
  readonly lock: Lock;
  /** Whether this run wrote the lock. */
  readonly resolved: boolean;
  readonly contents: BundleContents;
  readonly missing: readonly MissingImage[];
  readonly plan: BundlePlan;
}

/** The lock that fits the request, written where it is new; nothing else is left on disk. */
export async function lockRequest(
  request: Request,
  options: Omit<PrepareOptions, 'tool' | 'beforeLock'> & Pick<SettleLockOptions, 'beforeWrite'>,
): Promise<{ lock: Lock; resolved: boolean }> {
  const { open, helm, concurrency, signal } = options;
  const now = options.sourceDate ?? options.now;
  const settled = await settleLock({
    request,
    lockPath: options.lockPath,
    mode: options.mode,
    signal,
    beforeWrite: options.beforeWrite,
    resolve: () => resolveRequest(request, { open, now, helm, concurrency, signal }),
  });
  refuseMissingImages(settled.lock);
  return settled;
}

/** request → lock → plan: everything about the bundle but its layers. */
export async function prepareBundle(request: Request, options: PrepareOptions): Promise<PreparedBundle> {
  const { beforeLock } = options;
  const { lock, resolved } = await lockRequest(request, {
    ...options,
    beforeWrite:
      beforeLock === undefined
        ? undefined
        : (unwritten) => beforeLock(unwritten, async () => (await planLocked(request, unwritten, options)).plan),
  });
  return { lock, resolved, ...(await planLocked(request, lock, options)) };
}

async function planLocked(
  request: Request,
  lock: Lock,
  options: PrepareOptions,
): Promise<Pick<PreparedBundle, 'contents' | 'missing' | 'plan'>> {
  const { scenario, registries, ...complete } = completeRequest(request);
  const contents = contentsOf(await readLocked(lock, { ...options, platforms: complete.platforms }));
  const missing = missingOf(lock, complete);
  const plan = planBundle({
    tool: options.tool,
    created: options.sourceDate ?? lock.created,
    scenario,
    registries: [...registries],
    artifacts: contents.artifacts,
    blobs: contents.blobs,
    missing,
    manifests: contents.manifests,
    charts: contents.charts,
  });
  return { contents, missing, plan };
}
