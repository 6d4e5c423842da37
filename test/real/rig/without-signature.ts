const BLOCK = 512;
const SIGNATURE_BYTES = 8192;

/** A bundle's bytes with those of its second entry, the signature, blanked out: ECDSA signs differently each time. */
export function withoutSignature(tar: Buffer): Buffer {
  const manifestSize = Number.parseInt(tar.toString('latin1', 124, 136), 8);
  const header = BLOCK + Math.ceil(manifestSize / BLOCK) * BLOCK;
  const name = tar.toString('latin1', header, header + 100).replace(/\0.*$/s, '');
  if (name !== 'bundle-manifest.json.sigstore.json') throw new Error(`the second entry is ${name}`);
  return tar.fill(0x20, header + BLOCK, header + BLOCK + SIGNATURE_BYTES);
}
