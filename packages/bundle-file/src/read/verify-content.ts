import { AirgapError, blobPath, DERIVED_PATHS, relativeReference } from '@zenml-airgap/bundle-spec';
import type { Digest, OperationOptions } from 'oras-js';
import { type HashJob, hashSections } from '../hash/hash-sections.ts';
import type { BundleShape, BundleStorage } from './bundle-storage.ts';

export interface VerifyOptions extends OperationOptions {
  /** Threads that hash. Default: one for each CPU, at most 8. */
  readonly concurrency?: number | undefined;
  /** Called with the bytes verified since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

export interface Verified {
  readonly blobs: number;
  readonly bytes: number;
}

/**
 * Hashes all content: blobs, and the charts' files. All else was compared when the bundle was opened.
 * @throws DIGEST_MISMATCH with everything that was changed
 */
export async function verifyContent(storage: BundleStorage, shape: BundleShape, options: VerifyOptions): Promise<Verified> {
  const { artifacts, blobs, files } = shape.manifest;
  const describe = new Map<string, string>();
  for (const blob of blobs) {
    const users = blob.artifacts.flatMap((index) => artifacts[index] ?? []).map(relativeReference);
    describe.set(blobPath(blob.digest), `${blob.mediaType} of ${users.slice(0, 3).join(', ')}${users.length > 3 ? ', …' : ''}`);
  }
  const jobs = new Map<HashJob, string>();
  const add = (path: string, digest: Digest): void => {
    const entry = shape.layout.byPath.get(path);
    if (entry === undefined) throw new AirgapError('INTERNAL', `the layout has no ${path}`);
    jobs.set({ digest, size: entry.size, open: () => storage.open(entry) }, path);
  };
  for (const { digest } of blobs) add(blobPath(digest), digest);
  for (const file of files) if (!DERIVED_PATHS.includes(file.path)) add(file.path, file.digest);
  const problems: string[] = [];
  await hashSections([...jobs.keys()], {
    ...options,
    onHashed: (job, actual) => {
      if (actual === job.digest) return;
      const path = jobs.get(job) ?? job.digest;
      const what = describe.get(path);
      problems.push(
        `${path}${what === undefined ? '' : ` (${what})`} ${actual === null ? 'ends too early' : `hashes to ${actual}`}`,
      );
    },
  });
  if (problems.length > 0) {
    throw new AirgapError('DIGEST_MISMATCH', 'content of the bundle was changed', { problems: problems.sort() });
  }
  return { blobs: blobs.length, bytes: [...jobs.keys()].reduce((sum, { size }) => sum + size, 0) };
}
