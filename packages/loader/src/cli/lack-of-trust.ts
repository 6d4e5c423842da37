import type { BundleReader } from '@zenml-airgap/bundle-file';

/** Why nobody vouches for a bundle, for people; `undefined` where a trusted key does. */
export function lackOfTrust({ signedBy, claimedSigner }: Pick<BundleReader, 'signedBy' | 'claimedSigner'>): string | undefined {
  if (signedBy !== null) return undefined;
  return claimedSigner === null ? 'not signed' : `signed by the key ${claimedSigner}, which is not trusted`;
}
