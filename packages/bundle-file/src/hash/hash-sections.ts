import { availableParallelism } from 'node:os';
import { type Digest, digestAlgorithm, throwIfAborted } from 'oras-js';
import { readError } from '../read/read-error.ts';
import type { Section } from '../read/section.ts';
import { hashHere } from './hash-here.ts';
import { HashThread } from './hash-thread.ts';

export interface HashJob {
  /** What it should be. */
  readonly digest: Digest;
  readonly size: number;
  /** Opened when its turn comes, closed afterwards. */
  readonly open: () => Promise<Section>;
}

export interface HashSectionsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads. Default: one for each CPU, at most MAX_THREADS. */
  readonly concurrency?: number | undefined;
  /** Called with the bytes hashed since the last call. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Called as each job ends; `actual` is null where the file ends too early. */
  readonly onHashed: (job: HashJob, actual: Digest | null) => void;
}

const MAX_THREADS = 8; // beyond, disks are slower than the CPUs
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024; // a thread takes some 30 ms to start, in which one core hashes 50 MB

/** Hashes many ranges, large ones first so that the threads end together. Rejects with the first failure to read. */
export async function hashSections(jobs: readonly HashJob[], options: HashSectionsOptions): Promise<void> {
  throwIfAborted(options.signal);
  const queue = jobs.toSorted((a, b) => b.size - a.size);
  const totalBytes = jobs.reduce((sum, job) => sum + job.size, 0);
  const wanted = options.concurrency ?? Math.min(availableParallelism(), MAX_THREADS);
  const threads = Math.max(1, Math.min(wanted, queue.length, Math.ceil(totalBytes / WORTH_A_THREAD_BYTES)));
  let next = 0;
  const drain = async (hash: (job: HashJob, section: Section) => Promise<string | null>): Promise<void> => {
    for (let job = queue[next++]; job !== undefined; job = queue[next++]) {
      throwIfAborted(options.signal);
      await using section = await job.open();
      let hex: string | null;
      try {
        hex = await hash(job, section);
      } catch (error) {
        throw readError(error, section.path);
      }
      options.onHashed(job, hex === null ? null : (`${digestAlgorithm(job.digest)}:${hex}` as Digest));
    }
  };
  if (totalBytes < WORTH_A_THREAD_BYTES) {
    await drain((job, section) => hashHere(section, digestAlgorithm(job.digest), options));
    return;
  }
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([failed.signal, options.signal]);
  const run = async (): Promise<void> => {
    await using thread = new HashThread(signal);
    await drain((job, section) => thread.hash({ ...rangeOf(section), algorithm: digestAlgorithm(job.digest) }, options.onBytes));
  };
  const runs = Array.from({ length: threads }, () => run().catch((error: unknown) => failed.abort(error)));
  await Promise.all(runs); // all of them: a thread must not read a file that its owner has closed meanwhile
  throwIfAborted(options.signal);
  if (failed.signal.aborted) throw failed.signal.reason;
}

function rangeOf(section: Section): { fd: number; offset: number; size: number } {
  return { fd: section.handle.fd, offset: section.offset, size: section.size };
}
