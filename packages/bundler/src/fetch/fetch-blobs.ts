import { AirgapError, type Blob } from '@zenml-airgap/bundle-spec';
import { type OpenContent, OrasError, type Pusher } from 'oras-js';
import pLimit from 'p-limit';
import { countBytes } from './count-bytes.ts';

export interface FetchBlobsOptions {
  readonly openBlob: (blob: Blob) => OpenContent;
  /** Names what a blob belongs to, in messages. */
  readonly describe: (blob: Blob) => string;
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  /** What an earlier run has left of a blob, which `onBytes` is not told. Default: 0. */
  readonly presentBytes?: ((blob: Blob) => number) | undefined;
  /** Bytes that are in the bundle since the last call; negative when a broken transfer begins again. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * All blobs into the bundle, biggest first: a layer of gigabytes that begins last would run alone at the end.
 * After the first failure nothing new begins, and what runs is stopped before this throws.
 */
export async function fetchBlobs(blobs: readonly Blob[], bundle: Pusher, options: FetchBlobsOptions): Promise<void> {
  const failure = new AbortController();
  const signal = options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal]);
  const limit = pLimit(options.concurrency);
  let first: unknown;
  const fetchOne = async (blob: Blob): Promise<void> => {
    if (signal.aborted) return;
    const onBytes = options.onBytes ?? (() => {});
    const counting = countBytes(options.openBlob(blob), onBytes, options.presentBytes?.(blob));
    try {
      await bundle.push(blob, counting.open, { signal });
    } catch (error) {
      if (!signal.aborted) first = named(error, options.describe(blob));
      failure.abort();
      return;
    }
    // What was complete already has not been opened.
    if (counting.counted() !== blob.size) onBytes(blob.size - counting.counted());
  };
  await Promise.all(bySize(blobs).map((blob) => limit(() => fetchOne(blob))));
  options.signal?.throwIfAborted();
  if (first !== undefined) throw first;
}

function bySize(blobs: readonly Blob[]): Blob[] {
  return [...blobs].sort((left, right) => right.size - left.size || (left.digest < right.digest ? -1 : 1));
}

/** What a registry did is told with the artifact; what the disk did has nothing to do with it. */
function named(error: unknown, subject: string): unknown {
  if (!(error instanceof OrasError) || error instanceof AirgapError) return error;
  return new AirgapError(error.code, `${subject}: ${error.message}`, {
    remedy: error.remedy,
    cause: error.cause,
    side: error.side,
    status: error.status,
  });
}
