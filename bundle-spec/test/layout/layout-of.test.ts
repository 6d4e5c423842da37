import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutOf } from '@zenml-airgap/bundle-spec';
import { sampleBundle } from '../fixtures/sample-bundle.ts';

test('entries lie one after the other, without gaps, in blocks of 512 bytes', () => {
  const { manifest, manifestBytes } = sampleBundle();
  const layout = layoutOf(manifest, manifestBytes.length);
  let offset = 0;
  for (const entry of layout.entries) {
    assert.equal(entry.headerOffset, offset);
    assert.equal(entry.dataOffset, offset + 512);
    offset = entry.dataOffset + entry.size + ((512 - (entry.size % 512)) % 512);
    assert.equal(layout.byPath.get(entry.path), entry);
  }
  assert.equal(layout.endOffset, offset);
  assert.equal(layout.totalSize, offset + 1024);
  assert.equal(layout.entries.length, 2 + manifest.files.length + manifest.blobs.length);
});

test('the signature takes the same room whatever the key', () => {
  const { manifest, manifestBytes } = sampleBundle();
  assert.equal(layoutOf(manifest, manifestBytes.length).byPath.get('bundle-manifest.json.sigstore.json')?.size, 8192);
});

test('counts beyond 4 GiB without an error of one byte', () => {
  const { manifest } = sampleBundle();
  const [first] = manifest.blobs;
  assert.ok(first);
  const huge = { ...manifest, files: [], blobs: [{ ...first, size: 2 ** 45 + 1 }, first] };
  assert.equal(layoutOf(huge, 512).entries[3]?.headerOffset, 2 * 512 + (512 + 8192) + 512 + 2 ** 45 + 512);
});
