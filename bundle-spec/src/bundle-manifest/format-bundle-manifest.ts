import { AirgapError } from '../errors/airgap-error.ts';
import { MAX_MANIFEST_FILE_BYTES } from '../limits.ts';
import { BundlePath } from '../paths.ts';
import { checkAgainst } from '../problems/parse-json.ts';
import { type BundleManifest, bundleManifestSchema } from '../schemas/bundle-manifest.ts';
import { contradictionsOf } from './contradictions-of.ts';
import { encodeCanonical } from './encode-canonical.ts';

/**
 * The exact bytes of `bundle-manifest.json`: one manifest has one form, whatever order its keys came in.
 * @throws INVALID_BUNDLE_MANIFEST where a reader would refuse it
 */
export function formatBundleManifest(manifest: BundleManifest): Uint8Array {
  const options = { code: 'INVALID_BUNDLE_MANIFEST', what: BundlePath.manifest } as const;
  const ordered = checkAgainst(bundleManifestSchema, manifest, options);
  const problems = contradictionsOf(ordered);
  if (problems.length > 0) throw new AirgapError(options.code, `${options.what} contradicts itself`, { problems });
  const bytes = encodeCanonical(ordered);
  if (bytes.length > MAX_MANIFEST_FILE_BYTES) {
    throw new AirgapError(options.code, `${options.what} would have ${bytes.length} bytes, more than ${MAX_MANIFEST_FILE_BYTES}`);
  }
  return bytes;
}
