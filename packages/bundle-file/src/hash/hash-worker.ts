/**
 * A thread that hashes ranges of open files, as text: the loader also comes as one file (and later as one
 * executable), where no second module exists for a Worker to load. File descriptors belong to the whole process.
 *
 * Reads are synchronous: the thread has nothing else to do, and the kernel reads ahead. 256 KiB stay in the CPU's cache
 * between the copy out of the page cache and the hash.
 */
export const HASH_WORKER = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { readSync } = require('node:fs');
const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const REPORT_BYTES = 16 * 1024 * 1024;
parentPort.on('message', ({ fd, offset, size, algorithm }) => {
  try {
    const hash = createHash(algorithm);
    let done = 0;
    let unreported = 0;
    while (done < size) {
      const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - done), offset + done);
      if (read === 0) break;
      hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
      done += read;
      unreported += read;
      if (unreported >= REPORT_BYTES && done < size) {
        parentPort.postMessage({ bytes: unreported });
        unreported = 0;
      }
    }
    parentPort.postMessage({ bytes: unreported, hex: done === size ? hash.digest('hex') : null });
  } catch (error) {
    parentPort.postMessage({ bytes: 0, failure: { message: error.message, code: error.code, syscall: error.syscall } });
  }
});
`;

export interface HashRange {
  readonly fd: number;
  readonly offset: number;
  readonly size: number;
  readonly algorithm: 'sha256' | 'sha512';
}

/** With neither `hex` nor `failure`: only progress. `hex` null: the file ends inside the range. */
export interface HashReport {
  /** since the last report */
  readonly bytes: number;
  readonly hex?: string | null;
  /** As the system's errors have it. */
  readonly failure?: { readonly message: string; readonly code?: string; readonly syscall?: string };
}
