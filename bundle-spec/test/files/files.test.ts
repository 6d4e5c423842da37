import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dockerArchiveOf, listingOf, OCI_LAYOUT_BYTES, ociIndexOf, sha256SumsOf } from '@zenml-airgap/bundle-spec';
import { type Digest, digestOf, MediaType } from 'oras-js';
import { sampleBundle } from '../fixtures/sample-bundle.ts';
import { thrownBy } from '../fixtures/thrown-by.ts';

const { manifest, blobs } = sampleBundle();
const readManifest = (digest: Digest): Uint8Array => blobs.get(digest) ?? assert.fail(`${digest} is not in the bundle`);
const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('index.json names images twice by their canonical reference, and charts not at all', () => {
  const index = json(ociIndexOf(manifest));
  assert.equal(index.manifests.length, manifest.artifacts.length);
  for (const [position, artifact] of manifest.artifacts.entries()) {
    const { annotations, ...descriptor } = index.manifests[position];
    assert.deepEqual(descriptor, artifact.root);
    const name = artifact.kind === 'image' ? artifact.source : undefined;
    assert.equal(annotations['org.opencontainers.image.ref.name'], name);
    assert.equal(annotations['io.containerd.image.name'], name);
    assert.equal(annotations['io.zenml.airgap.name'], `${artifact.name}:${artifact.tag}`);
  }
});

test('oci-layout is what the image specification says', () => {
  assert.deepEqual(json(OCI_LAYOUT_BYTES), { imageLayoutVersion: '1.0.0' });
});

test('manifest.json holds linux/amd64 of each image, by blob paths, under its canonical reference', () => {
  const entries = json(dockerArchiveOf(manifest, readManifest));
  assert.deepEqual(
    entries.map((entry: { RepoTags: string[] }) => entry.RepoTags),
    [['docker.io/zenmldocker/zenml:0.93.2'], ['europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro/zenml-pro-api:0.13.0']],
  );
  for (const entry of entries) {
    const config = blobs.get(`sha256:${entry.Config.replace('blobs/sha256/', '')}`);
    assert.ok(config);
    assert.equal(json(config).architecture, 'amd64');
    assert.equal(entry.Layers.length, 2);
    for (const layer of entry.Layers) assert.ok(blobs.has(`sha256:${layer.replace('blobs/sha256/', '')}`));
  }
});

/** The docker archive of one image whose root is an index over `children`. */
function archiveOf(
  children: { platform?: object; manifest: object }[],
  root = MediaType.ociIndex as string,
): { RepoTags: string[]; Config: string }[] {
  const stored = new Map<Digest, Uint8Array>();
  const store = (value: object): Digest => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    stored.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const manifests = children.map(({ platform, manifest }) => ({
    mediaType: MediaType.ociManifest,
    size: 1,
    digest: store(manifest),
    ...(platform ? { platform } : {}),
  }));
  const digest = store({ schemaVersion: 2, mediaType: root, manifests });
  const [artifact] = manifest.artifacts;
  assert.ok(artifact);
  const artifacts = [{ ...artifact, kind: 'image' as const, root: { mediaType: root, digest, size: 1 } }];
  const listed = [...stored.keys()].map((known) => ({ digest: known, size: 1, mediaType: 'x', artifacts: [0] }));
  return json(dockerArchiveOf({ artifacts, blobs: listed }, (wanted) => stored.get(wanted) ?? assert.fail(wanted)));
}

const image = (name: string, mediaType: string = MediaType.ociConfig) => ({
  schemaVersion: 2,
  config: { mediaType, size: 1, digest: digestOf(new TextEncoder().encode(name)) },
  layers: [],
});
const configPath = (name: string): string => `blobs/sha256/${digestOf(new TextEncoder().encode(name)).slice(7)}`;

test('manifest.json takes the first platform where there is no linux/amd64, and never an attestation', () => {
  const unknown = { platform: { os: 'unknown', architecture: 'unknown' }, manifest: image('attestation') };
  const arm = { platform: { os: 'linux', architecture: 'arm64' }, manifest: image('arm') };
  const s390 = { platform: { os: 'linux', architecture: 's390x' }, manifest: image('s390') };
  assert.equal(archiveOf([unknown, arm, s390])[0]?.Config, configPath('arm'));
  assert.deepEqual(archiveOf([unknown]), []);
  assert.deepEqual(archiveOf([]), []);
});

test('manifest.json leaves out what is no runnable image', () => {
  assert.deepEqual(archiveOf([{ manifest: image('signature', 'application/vnd.dev.cosign.artifact.sig.v1+json') }]), []);
});

test('manifest.json refuses a manifest that cannot be read', () => {
  const [artifact] = manifest.artifacts.filter(({ kind }) => kind === 'image');
  assert.ok(artifact);
  assert.throws(() => dockerArchiveOf(manifest, () => new Uint8Array([0xff])), { code: 'INVALID_MANIFEST' });
});

test('manifest.json does not follow indices in indices for ever', () => {
  const bytes = new TextEncoder().encode('{}');
  const digest = digestOf(bytes);
  const loop = { schemaVersion: 2, manifests: [{ mediaType: MediaType.ociIndex, size: 1, digest }] };
  const [artifact] = manifest.artifacts;
  assert.ok(artifact);
  const artifacts = [{ ...artifact, kind: 'image' as const, root: { mediaType: MediaType.ociIndex, digest, size: 1 } }];
  const read = (): Uint8Array => new TextEncoder().encode(JSON.stringify(loop));
  assert.equal(thrownBy(() => dockerArchiveOf({ artifacts, blobs: [] }, read)).code, 'INVALID_MANIFEST');
});

test('SHA256SUMS lists exactly what follows it in the tar, in its order', () => {
  const listed = text(sha256SumsOf(manifest)).trimEnd().split('\n');
  const following = [
    ...manifest.files.slice(3).map(({ digest, path }) => `${digest.slice(7)}  ${path}`),
    ...manifest.blobs.map(({ digest }) => `${digest.slice(7)}  blobs/sha256/${digest.slice(7)}`),
  ];
  assert.deepEqual(listed, following);
  assert.deepEqual(
    manifest.files.slice(0, 4).map(({ path }) => path),
    ['manifest.txt', 'README.txt', 'SHA256SUMS', 'oci-layout'],
  );
});

test('manifest.txt has what the documentation asks for', () => {
  const listing = text(listingOf(manifest));
  assert.match(listing, /^Created +2026-11-25T12:00:00Z$/m);
  assert.match(listing, /^ {2}zenml-pro-api 0\.13\.0$/m); // all image names and versions
  assert.match(listing, /^ {2}charts\/zenml 0\.93\.2$/m); // chart versions
  assert.match(listing, /^ {2}harbor\.corp\.example\/zenml\/zenml-pro-api:0\.13\.0$/m); // required internal registry URLs
  assert.match(listing, /^ {2}oci:\/\/harbor\.corp\.example\/zenml\/charts\/zenml:0\.93\.2$/m);
  assert.match(listing, /platforms +linux\/amd64, linux\/arm64/);
  for (const { root } of manifest.artifacts) assert.ok(listing.includes(root.digest));
  assert.match(listing, /busybox:latest\n +reason +helm test is not run\n +found in +charts\/zenml:0\.93\.2/);
});

test('manifest.txt names each registry of several, and a placeholder where there is none', () => {
  const sites = [
    { images: 'a.example/z', charts: 'a.example/z/charts' },
    { images: 'b.example/z-docker', charts: 'b.example/z-helm' },
  ];
  const listing = text(listingOf({ ...manifest, registries: sites }));
  assert.match(listing, /REQUIRED INTERNAL REGISTRY URLS \(2 of 2\)/);
  assert.match(listing, /^ {2}oci:\/\/b\.example\/z-helm\/zenml-pro:0\.13\.0$/m);
  assert.match(text(listingOf({ ...manifest, registries: [] })), /^ {2}REGISTRY\.EXAMPLE\/zenml\/zenml:0\.93\.2$/m);
});

test('manifest.txt counts a shared blob for each artifact that needs it, and once in the whole', () => {
  const listing = text(listingOf(manifest));
  const whole = manifest.blobs.reduce((sum, { size }) => sum + size, 0);
  const client = manifest.blobs.filter((blob) => blob.artifacts.includes(0)).reduce((sum, { size }) => sum + size, 0);
  const grouped = (bytes: number): string => bytes.toLocaleString('en-US');
  assert.ok(listing.includes(`${manifest.blobs.length} blobs, ${grouped(whole)} bytes`));
  assert.match(listing, new RegExp(`zenml 0\\.93\\.2\\n.*\\n.*\\n    size +${grouped(client)} bytes`));
});
