import { findHelm } from '@zenml-airgap/helm-chart';
import type { PrepareOptions } from '../prepare-bundle.ts';
import type { BundlerContext } from './bundler-context.ts';
import type { RequestFile } from './read-request.ts';
import { openRegistries, type RegistryAccess } from './registry-access.ts';
import { lockModeOf, type RequestOptions } from './request-options.ts';
import { instant, sourceDateOf } from './source-date.ts';
import { TOOL } from './tool.ts';

/** Metadata is small and its registries far away: more at a time than layers. */
const METADATA_CONCURRENCY = 8;

export interface RequestSession extends Disposable {
  readonly registries: RegistryAccess;
  readonly prepare: PrepareOptions;
}

/** Everything that `resolve`, `plan` and `build` need beside the request. */
export async function openSession(
  { complete, lockPath }: RequestFile,
  options: RequestOptions,
  context: BundlerContext,
): Promise<RequestSession> {
  const { env, signal } = context;
  const sourceDate = sourceDateOf(env);
  const registries = await openRegistries(options, complete, context);
  return {
    registries,
    prepare: {
      lockPath,
      mode: lockModeOf(options),
      open: registries.open,
      now: instant(Date.now()),
      sourceDate,
      tool: TOOL,
      helm: await findHelm(env.PATH),
      concurrency: options.concurrency ?? METADATA_CONCURRENCY,
      signal,
    },
    [Symbol.dispose]: () => registries[Symbol.dispose](),
  };
}
