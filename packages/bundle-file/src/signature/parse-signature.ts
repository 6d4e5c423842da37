import { createHash } from 'node:crypto';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import { padSignature, unpadSignature } from './signature-entry.ts';
import { type BundleSignature, encodeSigstoreBundle, SIGSTORE_BUNDLE_TYPE } from './sigstore-bundle.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

type SigstoreBundle = ReturnType<typeof import('@sigstore/bundle')['bundleFromJSON']>;

/** What an entry says, well formed and about these bytes; who signed is not checked yet. */
export interface ParsedSignature extends BundleSignature {
  readonly bundle: SigstoreBundle;
}

/**
 * Parses the signature's entry, and compares all of its bytes with what we would have written.
 * @throws SIGNATURE_INVALID
 */
export async function parseSignature(entry: Uint8Array, manifestBytes: Uint8Array): Promise<ParsedSignature> {
  const bundle = await parseSigstoreBundle(entry);
  const material = bundle.verificationMaterial;
  if (bundle.mediaType !== SIGSTORE_BUNDLE_TYPE) throw invalid(`its media type is not ${SIGSTORE_BUNDLE_TYPE}`);
  if (bundle.content.$case !== 'messageSignature') throw invalid('it does not sign a message');
  if (material.content.$case !== 'publicKey') throw invalid('it is not made by a key');
  const { messageDigest, signature } = bundle.content.messageSignature;
  const parsed = { hint: material.content.publicKey.hint, messageDigest: messageDigest.digest, signature };
  const digest = createHash('sha256').update(manifestBytes).digest();
  if (!digest.equals(messageDigest.digest)) throw invalid('it is about other bytes than this bundle-manifest.json');
  // Also refuses transparency log entries, timestamps, other digest algorithms and whatever else JSON could say.
  if (!Buffer.from(padSignature(encodeSigstoreBundle(parsed))).equals(entry)) {
    throw invalid('its encoding is not the one that zenml-bundler writes');
  }
  return { ...parsed, bundle };
}

async function parseSigstoreBundle(entry: Uint8Array): Promise<SigstoreBundle> {
  const { bundleFromJSON } = await import('@sigstore/bundle');
  try {
    const json: unknown = JSON.parse(UTF8.decode(unpadSignature(entry)));
    return bundleFromJSON(json);
  } catch (cause) {
    throw invalid('it is not a Sigstore bundle', cause);
  }
}

export function invalid(reason: string, cause?: unknown): AirgapError {
  return new AirgapError('SIGNATURE_INVALID', `the bundle's signature is not valid: ${reason}`, {
    remedy:
      'The bundle was changed or damaged on its way: do not load it. Carry it again, and compare it with the builder’s copy.',
    cause,
  });
}
