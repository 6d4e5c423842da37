import { createHash } from 'node:crypto';
import { OrasError } from '../error.ts';

/** A content address. Source: OCI image-spec v1.1.1, descriptor.md#digests. */
export type Digest = `sha256:${string}` | `sha512:${string}`;
export type DigestAlgorithm = 'sha256' | 'sha512';

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** @throws INVALID_DIGEST */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new OrasError('INVALID_DIGEST', `not a digest: ${JSON.stringify(text.slice(0, 200))}`, {
    remedy: 'A digest reads sha256: followed by 64 lower-case hexadecimal digits (or sha512: by 128).',
  });
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** The hexadecimal part, as OCI layouts name blobs. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}
