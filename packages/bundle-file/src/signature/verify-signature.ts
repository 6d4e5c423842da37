import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { TrustedKey } from './load-trusted-key.ts';
import { invalid, parseSignature } from './parse-signature.ts';
import { isBlankSignature, isUnsealed } from './signature-entry.ts';

export interface VerifySignatureOptions {
  readonly keys: readonly TrustedKey[];
  /**
   * Takes bundles that nobody signed, or nobody we trust. A signature that is there and wrong is refused all the same:
   * that is damage or forgery, not a missing key.
   */
  readonly allowUnsigned?: boolean | undefined;
  /** Of those, the ones that are signed by none of `keys`. Default: as `allowUnsigned`. */
  readonly allowUntrusted?: boolean | undefined;
}

/**
 * Checks the signature's entry, all SIGNATURE_BYTES of it, over the raw bytes of bundle-manifest.json.
 * @returns the hint of the key that signed; null where `allowUnsigned` let an unsigned or untrusted bundle pass
 * @throws INCOMPLETE_BUNDLE, SIGNATURE_MISSING, SIGNATURE_INVALID, SIGNATURE_UNTRUSTED, NO_TRUSTED_KEYS
 */
export async function verifySignature(
  manifestBytes: Uint8Array,
  entry: Uint8Array,
  options: VerifySignatureOptions,
): Promise<string | null> {
  if (isUnsealed(entry)) {
    throw new AirgapError('INCOMPLETE_BUNDLE', 'the bundle was never sealed');
  }
  if (isBlankSignature(entry)) {
    if (options.allowUnsigned === true) return null;
    throw new AirgapError('SIGNATURE_MISSING', 'the bundle is not signed', {
      remedy: 'Build it with a key (`signing: { key: … }`), or accept it unsigned with --insecure-allow-unsigned.',
    });
  }
  const parsed = await parseSignature(entry, manifestBytes);
  const key = options.keys.find(({ hint }) => hint === parsed.hint);
  if (key === undefined) {
    if (options.allowUntrusted ?? options.allowUnsigned === true) return null;
    throw untrusted(parsed.hint, options.keys);
  }
  const { toSignedEntity, Verifier } = await import('@sigstore/verify');
  const trustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey: key.publicKey, validFor: () => true }),
  };
  try {
    const verifier = new Verifier(trustMaterial, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
    verifier.verify(toSignedEntity(parsed.bundle, Buffer.from(manifestBytes)));
  } catch (cause) {
    throw invalid(`the trusted key ${key.source} did not make it`, cause);
  }
  return key.hint;
}

/** The key that an unchecked signature names, as its entry says, for people: nothing vouches for it. `null` where nobody signed. */
export async function claimedSigner(manifestBytes: Uint8Array, entry: Uint8Array): Promise<string | null> {
  return isBlankSignature(entry) ? null : shown((await parseSignature(entry, manifestBytes)).hint);
}

/** The hint is text from the bundle; base64 of a digest or not, it is printed escaped and short. */
function shown(hint: string): string {
  return JSON.stringify(hint.slice(0, 64));
}

function untrusted(hint: string, keys: readonly TrustedKey[]): AirgapError {
  const named = shown(hint);
  if (keys.length === 0) {
    return new AirgapError('NO_TRUSTED_KEYS', `the bundle is signed by the key ${named}, and no trusted key was given`, {
      remedy:
        'Name the builder’s public key with --key, or put it into /etc/zenml-airgap/keys. It has to come by another way than the bundle.',
    });
  }
  const known = keys.map((key) => `${key.source} (${key.hint})`).join(', ');
  return new AirgapError(
    'SIGNATURE_UNTRUSTED',
    `the bundle is signed by the key ${named}, which is none of the trusted: ${known}`,
    {
      remedy: 'If the builder has a new key, get its public half by a trusted way and name it with --key.',
    },
  );
}
