import { MediaType } from '../content/media-types.ts';
import { parseManifest } from '../content/parse-manifest.ts';

/** What a manifest says it is, where only its bytes are known; `undefined` for what is no manifest. */
export function sniffManifestType(bytes: Uint8Array): string | undefined {
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(bytes).toString('utf8'))?.mediaType;
  } catch {
    return undefined;
  }
  const candidates = typeof said === 'string' ? [said] : [MediaType.ociManifest, MediaType.ociIndex];
  return candidates.find((mediaType) => {
    try {
      parseManifest(bytes, mediaType);
      return true;
    } catch {
      return false;
    }
  });
}
