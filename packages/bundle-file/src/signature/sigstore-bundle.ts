/** Source: sigstore/protobuf-specs v0.5.0, sigstore_bundle.proto. */
export const SIGSTORE_BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

export interface BundleSignature {
  /** base64 of the SHA-256 of the signer's SPKI DER */
  readonly hint: string;
  /** SHA-256 of the signed bytes */
  readonly messageDigest: Uint8Array;
  /** DER for ECDSA, PKCS#1 v1.5 for RSA */
  readonly signature: Uint8Array;
}

/**
 * The one encoding we write and accept: a Sigstore bundle v0.3 as JSON, by key, without transparency log.
 * A reader encodes what it parsed again and compares, so no flipped bit hides in whitespace, escapes or base64.
 */
export function encodeSigstoreBundle(signature: BundleSignature): Uint8Array {
  const json = {
    mediaType: SIGSTORE_BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: signature.hint } },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(signature.messageDigest).toString('base64') },
      signature: Buffer.from(signature.signature).toString('base64'),
    },
  };
  return Buffer.from(JSON.stringify(json));
}
