import { createHash, type Hash, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { BATCH_BYTES, type Digest, digestAlgorithm, digestHex, OrasError } from 'oras-js';
import type { UnfinishedBlob } from './blob-store.ts';

/** Enough to keep a disk busy; with a batch that is being gathered, 4 MiB for each upload. */
const MAX_WRITES_IN_FLIGHT = 3;

/**
 * A blob on its way in, over one request or several. The `'data'` listener hashes and gathers, and nothing else runs
 * for each chunk: over TLS a chunk is 16 KiB, and that decides the speed.
 */
export class Upload {
  readonly id: string = randomUUID();
  readonly #blob: UnfinishedBlob;
  readonly #hash: Hash = createHash('sha256');
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #position = 0;
  readonly #writes = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(blob: UnfinishedBlob) {
    this.#blob = blob;
  }

  /** Bytes received so far. */
  get size(): number {
    return this.#position + this.#gatheredBytes;
  }

  /** Takes all of `body`. What came before an interruption is kept: the client may continue. */
  async receive(body: Readable, onBytes: (bytes: number) => void): Promise<void> {
    try {
      await this.#gather(body, onBytes);
    } finally {
      await this.#settle();
    }
  }

  /** @throws DIGEST_MISMATCH */
  async verify(digest: Digest): Promise<void> {
    await this.#settle();
    const found =
      digestAlgorithm(digest) === 'sha256' ? this.#hash.digest('hex') : await this.#hashAgain(digestAlgorithm(digest));
    if (found === digestHex(digest)) return;
    throw new OrasError('DIGEST_MISMATCH', `the ${this.size} bytes that were sent hash to ${found}, not to ${digest}`);
  }

  finish(digest: Digest): Promise<void> {
    return this.#blob.finish(digest);
  }

  async discard(): Promise<void> {
    await Promise.allSettled(this.#writes);
    await this.#blob.discard();
  }

  #gather(body: Readable, onBytes: (bytes: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const hungUp = () => reject(new OrasError('CONNECTION_FAILED', 'the client hung up before the end of the body'));
      if (body.destroyed && !body.readableEnded) hungUp();
      const take = (chunk: Buffer) => {
        this.#hash.update(chunk);
        this.#gathered.push(chunk);
        this.#gatheredBytes += chunk.byteLength;
        onBytes(chunk.byteLength);
        if (this.#gatheredBytes < BATCH_BYTES) return;
        this.#writeGathered(() => body.resume());
        if (this.#writes.size >= MAX_WRITES_IN_FLIGHT) body.pause();
        if (!this.#failure) return;
        // The disk is full, say. The rest is thrown away, so that the client gets to read the answer.
        body.off('data', take);
        body.resume();
        reject(this.#failure.error);
      };
      body.on('data', take);
      body.on('end', resolve);
      body.on('error', reject);
      body.on('close', hungUp);
    });
  }

  #writeGathered(onSpace: () => void): void {
    const write = this.#blob
      .write(this.#gathered, this.#position)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#writes.delete(write);
        onSpace();
      });
    this.#writes.add(write);
    this.#position += this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  async #settle(): Promise<void> {
    if (this.#gatheredBytes > 0) this.#writeGathered(() => undefined);
    await Promise.all(this.#writes);
    if (this.#failure) throw this.#failure.error;
  }

  /** Which algorithm the client uses is known only at the end. */
  async #hashAgain(algorithm: string): Promise<string> {
    const hash = createHash(algorithm);
    for await (const batch of this.#blob.read()) for (const chunk of batch) hash.update(chunk);
    return hash.digest('hex');
  }
}
