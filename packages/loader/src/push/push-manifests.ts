import { type Descriptor, OrasError } from 'oras-js';
import type { Retagged } from '../retag/retag.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import type { TransferCount } from './push-blobs.ts';
import { pushManifest } from './push-manifest.ts';

/**
 * Every manifest by its digest, children before what names them, so that the registry has accepted all of them before
 * the first tag moves. Manifests that are there are not sent.
 */
export async function pushManifests(artifacts: readonly Retagged[], count: TransferCount, context: LoadContext): Promise<void> {
  await inParallel(
    artifacts,
    async (retagged, signal) => {
      const { children, root, referrers } = context.graph.manifestsOf(retagged);
      for (const manifest of [...children, root, ...referrers]) {
        if (await isThere(retagged.repository, manifest, { ...context, signal })) continue;
        await pushManifest(retagged.repository, manifest, undefined, count, { ...context, signal });
      }
    },
    context,
  );
}

async function isThere(name: string, manifest: Descriptor, context: LoadContext): Promise<boolean> {
  try {
    return await context.repositoryOf(name).exists(manifest, { signal: context.signal });
  } catch (error) {
    // A policy hides what exists; a plain 403 says nothing, and to send a manifest again is cheap.
    if (error instanceof OrasError && error.code === 'WITHHELD') return true;
    if (error instanceof OrasError && error.code === 'DENIED') return false;
    throw error;
  }
}
