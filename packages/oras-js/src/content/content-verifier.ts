import { createHash, type Hash } from 'node:crypto';
import { OrasError } from '../error.ts';
import type { Content, FetchOptions } from '../target/target.ts';
import type { Descriptor } from './descriptor.ts';
import { digestAlgorithm, digestHex } from './digest.ts';

/**
 * Counts and hashes content as it passes, and says at the end whether it is what `descriptor` names.
 * `update` may run for every chunk: it does nothing but count and hash.
 */
export class ContentVerifier {
  readonly descriptor: Descriptor;
  readonly #hash: Hash;
  readonly #where: string;
  #received: number;

  /** @param where named in messages, such as `registry.example/zenml` */
  constructor(descriptor: Descriptor, where: string, resume?: FetchOptions['resume']) {
    this.descriptor = descriptor;
    this.#where = where;
    this.#hash = resume?.hash ?? createHash(digestAlgorithm(descriptor.digest));
    this.#received = resume?.offset ?? 0;
  }

  /** Bytes seen so far, those before `resume` included. */
  get received(): number {
    return this.#received;
  }

  /** @throws SIZE_MISMATCH as soon as there is more than `descriptor.size`, so that an endless body ends */
  update(chunk: Uint8Array): void {
    this.#received += chunk.byteLength;
    if (this.#received > this.descriptor.size) throw this.#sizeMismatch('more');
    this.#hash.update(chunk);
  }

  /** Where to go on after an interruption; the copied hash is the caller's own. */
  position(): { offset: number; hash: Hash } {
    return { offset: this.#received, hash: this.#hash.copy() };
  }

  /** To be called once, when the content has ended. @throws SIZE_MISMATCH | DIGEST_MISMATCH */
  finish(): void {
    if (this.#received !== this.descriptor.size) throw this.#sizeMismatch(`only ${this.#received}`);
    const found = this.#hash.digest('hex');
    if (found === digestHex(this.descriptor.digest)) return;
    const { digest } = this.descriptor;
    throw new OrasError(
      'DIGEST_MISMATCH',
      `${this.#where}: the content of ${digest} hashes to ${digestAlgorithm(digest)}:${found}`,
      {
        remedy: 'The content was damaged or replaced where it is stored or on its way. Get it again from where it came from.',
      },
    );
  }

  #sizeMismatch(found: string): OrasError {
    const { digest, size } = this.descriptor;
    return new OrasError('SIZE_MISMATCH', `${this.#where}: ${digest} should have ${size} bytes, there are ${found}`, {
      remedy: 'The content was cut short or replaced where it is stored or on its way. Get it again from where it came from.',
    });
  }
}

/** `content`, verified as it passes: the error comes at its end. Batches pass as they are. */
export async function* verifyContent(
  descriptor: Descriptor,
  content: Content,
  options: { readonly where: string; readonly resume?: FetchOptions['resume'] },
): Content {
  const verifier = new ContentVerifier(descriptor, options.where, options.resume);
  for await (const batch of content) {
    for (const chunk of batch) verifier.update(chunk);
    yield batch;
  }
  verifier.finish();
}
