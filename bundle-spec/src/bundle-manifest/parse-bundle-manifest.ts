import { AirgapError } from '../errors/airgap-error.ts';
import { MAX_MANIFEST_FILE_BYTES } from '../limits.ts';
import { BundlePath } from '../paths.ts';
import { checkAgainst, parseJson } from '../problems/parse-json.ts';
import { quote } from '../problems/quote.ts';
import {
  BUNDLE_FORMAT_VERSION,
  BUNDLE_MANIFEST_TYPE,
  type BundleManifest,
  bundleManifestSchema,
} from '../schemas/bundle-manifest.ts';
import { contradictionsOf } from './contradictions-of.ts';
import { encodeCanonical } from './encode-canonical.ts';

const OPTIONS = { code: 'INVALID_BUNDLE_MANIFEST', what: BundlePath.manifest } as const;

/**
 * Reads `bundle-manifest.json`, which may be hostile where unsigned bundles are allowed, and checks all that can be checked
 * without the bundle's content. What passes has one reading only: the bytes must be the ones that `formatBundleManifest`
 * would write, so that no other JSON reader, nor README.txt's `sed`, sees something else in them (duplicate keys, escapes).
 * @throws INVALID_BUNDLE_MANIFEST with all problems, UNSUPPORTED_FORMAT
 */
export function parseBundleManifest(bytes: Uint8Array): BundleManifest {
  if (bytes.length > MAX_MANIFEST_FILE_BYTES) {
    throw new AirgapError(OPTIONS.code, `${OPTIONS.what} has ${bytes.length} bytes, more than ${MAX_MANIFEST_FILE_BYTES}`);
  }
  const value = parseJson(decode(bytes), OPTIONS);
  checkFormat(value);
  const manifest = checkAgainst(bundleManifestSchema, value, OPTIONS);
  const problems = contradictionsOf(manifest);
  if (problems.length > 0) throw new AirgapError(OPTIONS.code, `${OPTIONS.what} contradicts itself`, { problems });
  if (Buffer.compare(encodeCanonical(manifest), bytes) !== 0) {
    throw new AirgapError(OPTIONS.code, `${OPTIONS.what} is not in canonical form: other blanks, escapes, order, or a key twice`);
  }
  return manifest;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AirgapError(OPTIONS.code, `${OPTIONS.what} is not UTF-8`, { cause });
  }
}

/** A later format has other fields: say so instead of listing them as unknown. */
function checkFormat(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const mediaType: unknown = Reflect.get(value, 'mediaType');
  const formatVersion: unknown = Reflect.get(value, 'formatVersion');
  if (mediaType !== BUNDLE_MANIFEST_TYPE || typeof formatVersion !== 'string' || formatVersion === BUNDLE_FORMAT_VERSION) return;
  throw new AirgapError(
    'UNSUPPORTED_FORMAT',
    `the bundle has format ${quote(formatVersion)}; this version reads ${BUNDLE_FORMAT_VERSION}`,
  );
}
