import { type BundlePlan, BundleWriter, type SealEvent, signManifest } from '@zenml-airgap/bundle-file';
import type { Blob } from '@zenml-airgap/bundle-spec';
import { fetchBlobs } from './fetch/fetch-blobs.ts';
import { openBlob } from './fetch/open-blob.ts';
import type { PreparedBundle } from './prepare-bundle.ts';
import type { SmallContents } from './resolve/small-contents.ts';
import type { OpenSource } from './resolve/source.ts';
import type { SigningKey } from './seal/signing-key.ts';

/** What a build tells of itself as it goes. */
export type BuildEvent =
  /** An earlier run left that much that has to be hashed before anything is fetched. */
  | { readonly type: 'rehashing'; readonly bytes: number }
  | { readonly type: 'rehashed'; readonly bytes: number }
  | { readonly type: 'opened'; readonly blobBytes: number /** Left by an earlier run. */; readonly presentBytes: number }
  /** Beside what was present when it was opened. */
  | { readonly type: 'fetched'; readonly bytes: number }
  | { readonly type: 'sealing'; readonly step: SealEvent['type'] }
  | { readonly type: 'sealed'; readonly syncMs: number };

export interface BuildOptions {
  readonly output: string;
  /** undefined: the bundle stays unsigned, which loaders refuse by default. */
  readonly signingKey: SigningKey | undefined;
  /** Discard a `.partial` of an earlier run. */
  readonly restart: boolean;
  readonly open: OpenSource;
  readonly small: SmallContents;
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: BuildEvent) => void) | undefined;
}

/**
 * fetch → seal. On any failure `output` does not exist and its `.partial` can be continued.
 * @throws OUTPUT_EXISTS, NOT_ENOUGH_SPACE, PARTIAL_OF_ANOTHER_PLAN, PARTIAL_IN_USE before the first byte; what fetching throws
 */
export async function buildBundle({ plan, contents }: PreparedBundle, options: BuildOptions): Promise<{ syncMs: number }> {
  const { signal, small, open, signingKey } = options;
  const onEvent = options.onEvent ?? (() => {});
  await using writer = await BundleWriter.open(options.output, plan, {
    restart: options.restart,
    signal,
    onRehashing: (bytes) => onEvent({ type: 'rehashing', bytes }),
    onRehashed: (bytes) => onEvent({ type: 'rehashed', bytes }),
  });
  const { blobs } = plan.manifest;
  onEvent({
    type: 'opened',
    blobBytes: blobs.reduce((sum, { size }) => sum + size, 0),
    presentBytes: blobs.reduce((sum, { digest }) => sum + writer.writtenBytes(digest), 0),
  });
  await fetchBlobs(blobs, writer, {
    openBlob: (blob) =>
      openBlob(blob, {
        open,
        known: contents.manifests.get(blob.digest) ?? small.get(blob.digest),
        repositories: contents.repositories.get(blob.digest) ?? [],
      }),
    describe: (blob) => describe(blob, plan),
    concurrency: options.concurrency,
    signal,
    presentBytes: ({ digest }) => writer.writtenBytes(digest),
    onBytes: (bytes) => onEvent({ type: 'fetched', bytes }),
  });
  // No bytes at all are how a bundle says that nobody signed it.
  const sign = (bytes: Uint8Array) => (signingKey === undefined ? new Uint8Array(0) : signManifest(bytes, signingKey.privateKey));
  const { syncMs } = await writer.seal(sign, { signal, onEvent: ({ type }) => onEvent({ type: 'sealing', step: type }) });
  onEvent({ type: 'sealed', syncMs });
  return { syncMs };
}

/** The first artifact that needs a blob, and the blob: what was being read when something went wrong. */
function describe(blob: Blob, { manifest }: BundlePlan): string {
  const artifact = manifest.artifacts[blob.artifacts[0] ?? -1];
  return `${artifact?.source ?? 'unknown artifact'}, ${blob.digest}`;
}
