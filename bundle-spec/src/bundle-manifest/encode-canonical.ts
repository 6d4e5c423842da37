import type { BundleManifest } from '../schemas/bundle-manifest.ts';

/**
 * JSON without blanks, but a line for each property and for each entry of a list: `sed` and `grep` find their way in it
 * (README.txt does), and a diff of two bundles reads well. Keys in the schema's order.
 * @param ordered as the schema returned it
 */
export function encodeCanonical(ordered: BundleManifest): Uint8Array {
  const lines = Object.entries(ordered).map(([key, value]) => `${JSON.stringify(key)}:${encodeValue(value)}`);
  return new TextEncoder().encode(`{\n${lines.join(',\n')}\n}\n`);
}

function encodeValue(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value);
  return `[\n${value.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
}
