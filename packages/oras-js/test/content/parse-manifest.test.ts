import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MANIFEST_TYPES, MediaType, OrasError, parseManifest, successorsOf } from 'oras-js';
import { sampleGraph } from '../sample-graph.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: MediaType.ociConfig, digest: DIGEST, size: 2 };
const layer = { mediaType: MediaType.ociLayerGzip, digest: DIGEST, size: 3 };
const manifest = { schemaVersion: 2, mediaType: MediaType.ociManifest, config, layers: [layer] };
const index = {
  schemaVersion: 2,
  mediaType: MediaType.ociIndex,
  manifests: [{ mediaType: MediaType.ociManifest, digest: DIGEST, size: 4 }],
};

const parse = (value: unknown, mediaType: string = MediaType.ociManifest) =>
  parseManifest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), mediaType);

suite('parseManifest', () => {
  test('reads an image manifest and leaves embedded data behind', () => {
    const parsed = parse({ ...manifest, config: { ...config, data: 'e30=' }, annotations: { a: 'b' }, unknown: 1 });
    assert.deepEqual(parsed, { ...manifest, annotations: { a: 'b' } });
  });

  test('reads an index with platforms, and one that Go wrote with null for empty', () => {
    const platform = { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1', 'os.features': ['x'] };
    const [child] = index.manifests;
    assert.deepEqual(parse({ ...index, manifests: [{ ...child, platform }] }, MediaType.ociIndex), {
      ...index,
      manifests: [{ ...child, platform }],
    });
    assert.deepEqual(parse('{"schemaVersion":2,"manifests":null,"annotations":null}', MediaType.ociIndex), {
      schemaVersion: 2,
      manifests: [],
    });
  });

  const bad: [string, unknown, string?][] = [
    ['what is not JSON', '{'],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1')],
    ['a byte order mark', `\ufeff${JSON.stringify(manifest)}`],
    ['a list', []],
    ['null', null],
    ['schema 1', { ...manifest, schemaVersion: 1 }],
    ['another type inside than outside', { ...manifest, mediaType: MediaType.dockerManifest }],
    ['an unknown type', manifest, 'application/json'],
    ['a manifest that is an index too (CVE-2021-41190)', { ...manifest, manifests: [] }],
    ['an index that is a manifest too (CVE-2021-41190)', { ...index, layers: [layer] }, MediaType.ociIndex],
    ['a second spelling of a key, which Go would read', JSON.stringify(manifest).replace('}', ',"Digest":"x"}')],
    ['no config', { ...manifest, config: undefined }],
    ['no layers', { ...manifest, layers: undefined }],
    ['layers that are no list', { ...manifest, layers: {} }],
    ['too many layers', { ...manifest, layers: Array(4097).fill(layer) }],
    ['a digest with a path', { ...manifest, layers: [{ ...layer, digest: 'sha256:../../etc/passwd' }] }],
    ['a negative size', { ...manifest, layers: [{ ...layer, size: -1 }] }],
    ['a size that is text', { ...manifest, layers: [{ ...layer, size: '3' }] }],
    ['a size that no number holds', JSON.stringify(manifest).replace('"size":3', '"size":9007199254740993')],
    ['a media type with a line break', { ...manifest, layers: [{ ...layer, mediaType: 'a/b\r\nX: y' }] }],
    ['a layer that is a manifest', { ...manifest, layers: [{ ...layer, mediaType: MediaType.ociManifest }] }],
    ['annotations that are no text', { ...manifest, annotations: { a: 1 } }],
    ['more than 4 MiB', { ...manifest, annotations: { a: 'x'.repeat(4 * 1024 * 1024) } }],
  ];
  for (const [what, value, mediaType] of bad) {
    test(`refuses ${what}`, () => {
      assert.throws(() => parse(value, mediaType), { code: 'INVALID_MANIFEST' });
    });
  }

  test('reports all that is wrong at once, on one line', () => {
    assert.throws(() => parse({ schemaVersion: 3, config: {}, layers: [{ ...layer, size: 0.5 }] }), {
      message:
        'invalid manifest (application/vnd.oci.image.manifest.v1+json): schemaVersion is not 2; config.mediaType is not a media type; ' +
        'config.digest is not a sha256 or sha512 digest; config.size is not a number of bytes; layers[0].size is not a number of bytes',
    });
  });

  test('reads any JSON, and any damage to a manifest, as a manifest or refuses it', () => {
    const types = fc.constantFrom(...MANIFEST_TYPES);
    const whole = JSON.stringify(manifest);
    const text = fc.oneof(
      fc.json(),
      fc.tuple(fc.nat(whole.length - 1), fc.string()).map(([at, insert]) => whole.slice(0, at) + insert + whole.slice(at + 1)),
      fc
        .record(
          { schemaVersion: fc.constant(2), layers: fc.jsonValue(), config: fc.jsonValue(), manifests: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
      fc.integer({ min: 1, max: 200_000 }).map((depth) => '['.repeat(depth)),
    );
    fc.assert(
      fc.property(text, types, (any, type) => {
        try {
          assert.equal(parse(any, type).schemaVersion, 2);
        } catch (error) {
          assert.ok(error instanceof OrasError && error.code === 'INVALID_MANIFEST', String(error));
          assert.ok(error.message.length < 5000);
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

test('successorsOf gives config and layers, or manifests, and none for what is no manifest', () => {
  const graph = sampleGraph();
  const bytesOf = (digest: string) =>
    graph.contents.find(({ descriptor }) => descriptor.digest === digest)?.bytes ?? Buffer.alloc(0);
  assert.deepEqual(
    successorsOf(graph.root.mediaType, bytesOf(graph.root.digest)).map(({ digest }) => digest),
    graph.images.map(({ digest }) => digest),
  );
  const [image] = graph.images;
  assert.deepEqual(successorsOf(image.mediaType, bytesOf(image.digest)), [
    graph.config.descriptor,
    graph.sharedLayer.descriptor,
    graph.layer.descriptor,
  ]);
  assert.deepEqual(successorsOf(MediaType.ociLayerGzip, graph.layer.bytes), []);
});
