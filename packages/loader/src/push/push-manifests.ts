import { type Descriptor, OrasError } from 'oras-js';
import type { Retagged } from '../retag/retag.ts';
import { inParallel } from './in-parallel.ts';
import type { LoadContext } from './load-context.ts';
import type { TransferCount } from './push-blobs.ts';
import { pushManifest } from './push-manifest.ts';

/** A manifest, and the repository that must hold it. */
interface Site {
  readonly repository: string;
  readonly manifest: Descriptor;
}

/**
 * Every manifest by its digest, children before what names them, so that the registry has accepted all of them before
 * the first tag moves. Manifests that are there are not sent; those that do not wait for each other go side by side.
 */
export async function pushManifests(artifacts: readonly Retagged[], count: TransferCount, context: LoadContext): Promise<void> {
  for (const wave of wavesOf(artifacts, context)) {
    await inParallel(
      wave,
      async ({ repository, manifest }, signal) => {
        if (await isThere(repository, manifest, { ...context, signal })) return;
        await pushManifest(repository, manifest, undefined, count, { ...context, signal });
      },
      context,
    );
  }
}

/** What is in one wave names only what is in earlier ones; each manifest once for each repository. */
function wavesOf(artifacts: readonly Retagged[], { graph }: LoadContext): Site[][] {
  const waves: Map<string, Site>[] = [];
  for (const retagged of artifacts) {
    const { children, root, referrers } = graph.manifestsOf(retagged);
    const { repository } = retagged;
    const waveOf = new Map<string, number>();
    for (const manifest of [...children, root, ...referrers]) {
      const before = graph.childrenOf(manifest).map(({ digest }) => waveOf.get(digest) ?? -1);
      // A referrer names the root, though not as a child.
      const afterRoot = referrers.includes(manifest) ? (waveOf.get(root.digest) ?? -1) : -1;
      const wave = Math.max(-1, afterRoot, ...before) + 1;
      waveOf.set(manifest.digest, wave);
      const sites = waves[wave] ?? new Map<string, Site>();
      waves[wave] = sites.set(`${repository}@${manifest.digest}`, { repository, manifest });
    }
  }
  return waves.map((sites) => [...sites.values()]);
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
