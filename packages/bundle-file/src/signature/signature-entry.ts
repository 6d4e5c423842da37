import { AirgapError, SIGNATURE_BYTES } from '@zenml-airgap/bundle-spec';

const SPACE = 0x20;
const NEWLINE = 0x0a;

/**
 * A signature as its entry holds it: padded with JSON whitespace to SIGNATURE_BYTES, and a newline at the end.
 * No bytes at all stand for an unsigned bundle.
 */
export function padSignature(signature: Uint8Array): Uint8Array {
  if (signature.length >= SIGNATURE_BYTES) {
    throw new AirgapError(
      'INVALID_KEY',
      `the signature has ${signature.length} bytes, and a bundle holds ${SIGNATURE_BYTES - 1}`,
      {
        remedy: 'Sign with an ECDSA P-256 key or an RSA key of at most 16,384 bits.',
      },
    );
  }
  const entry = new Uint8Array(SIGNATURE_BYTES).fill(SPACE);
  entry.set(signature);
  entry[SIGNATURE_BYTES - 1] = NEWLINE;
  return entry;
}

/** The entry without what pads it; with it where it is not padded as padSignature does. */
export function unpadSignature(entry: Uint8Array): Uint8Array {
  let end = entry.length - 1;
  if (entry[end] !== NEWLINE) return entry;
  while (end > 0 && entry[end - 1] === SPACE) end -= 1;
  return entry.subarray(0, end);
}

const UNSIGNED = Buffer.from(padSignature(new Uint8Array(0)));

/** The entry of a bundle that nobody signed; anything else in it has to be a signature. */
export function isBlankSignature(entry: Uint8Array): boolean {
  return UNSIGNED.equals(entry);
}

/** Begins the entry until a bundle is sealed; what follows is the writer's (`PartialFile`). */
export const UNSEALED = Buffer.from('zenml-airgap bundle, not sealed\n');

/** Whether the bundle was never sealed: the entry has its writer's mark, or nothing, where a power loss took that. */
export function isUnsealed(entry: Uint8Array): boolean {
  return UNSEALED.equals(entry.subarray(0, UNSEALED.length)) || entry.every((byte) => byte === 0);
}
