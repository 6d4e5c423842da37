import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  type BundleManifest,
  blobPath,
  dockerArchiveOf,
  encodeTarHeader,
  formatBundleManifest,
  layoutOf,
  mtimeSecondsOf,
  OCI_LAYOUT_BYTES,
  ociIndexOf,
  parseBundleManifest,
  sha256SumsOf,
} from '@zenml-airgap/bundle-spec';

const read = (path: string): Buffer => readFileSync(new URL(`../vectors/1.0/${path}`, import.meta.url));

function loaded(vector: string): { bytes: Buffer; manifest: BundleManifest } {
  const bytes = read(`${vector}/bundle-manifest.json`);
  return { bytes, manifest: parseBundleManifest(bytes) };
}

for (const vector of ['sample', 'large']) {
  test(`the vector ${vector}: manifest, layout and headers are what they always were`, () => {
    const { bytes, manifest } = loaded(vector);
    assert.deepEqual(Buffer.from(formatBundleManifest(manifest)), bytes);
    const { entries, endOffset, totalSize } = layoutOf(manifest, bytes.length);
    const pinned = JSON.parse(read(`${vector}/layout.json`).toString());
    assert.deepEqual({ manifestSize: bytes.length, endOffset, totalSize, entries }, pinned);
    const mtime = mtimeSecondsOf(manifest.created);
    const headers = entries.map((entry) => `${entry.path} ${Buffer.from(encodeTarHeader(entry, mtime)).toString('hex')}\n`);
    assert.equal(headers.join(''), read(`${vector}/headers.txt`).toString());
  });
}

test('the vector sample: what follows from the manifest is what it always was', () => {
  const { manifest } = loaded('sample');
  assert.deepEqual(Buffer.from(ociIndexOf(manifest)), read('sample/index.json'));
  assert.deepEqual(
    Buffer.from(dockerArchiveOf(manifest, (digest) => read(`sample/${blobPath(digest)}`))),
    read('sample/manifest.json'),
  );
  assert.deepEqual(Buffer.from(sha256SumsOf(manifest)), read('sample/SHA256SUMS'));
  assert.deepEqual(Buffer.from(OCI_LAYOUT_BYTES), read('sample/oci-layout'));
});
