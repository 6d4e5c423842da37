import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaType, MemoryTarget } from 'oras-js';
import { pushSample } from '../../../../test/fixtures/push-sample.ts';
import { type SampleContent, sampleContent } from '../../../../test/fixtures/sample-image.ts';
import { describeImage, instantOf } from '../../src/resolve/describe-image.ts';
import { readGraph } from '../../src/resolve/read-graph.ts';

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

function image(config: object, annotations?: object): { manifest: SampleContent; blobs: SampleContent[] } {
  const content = sampleContent(MediaType.ociConfig, json(config));
  const manifest = json({
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: content.descriptor,
    layers: [],
    annotations,
  });
  return { manifest: sampleContent(MediaType.ociManifest, manifest), blobs: [content] };
}

async function describe(root: SampleContent, ...contents: SampleContent[]) {
  const target = new MemoryTarget();
  await pushSample(target, 'latest', { manifest: root, blobs: contents });
  return await describeImage(target, await readGraph(target, root.descriptor));
}

test('an index’s platforms are those of its images, attestations left out', async () => {
  const amd64 = image({ created: '2026-01-30T09:00:00.123456789Z', os: 'linux', architecture: 'amd64' });
  const arm = image({ created: '2026-01-30T09:00:01Z', os: 'linux', architecture: 'arm', variant: 'v7' });
  const attestation = image({ os: 'unknown', architecture: 'unknown' });
  const index = sampleContent(
    MediaType.ociIndex,
    json({
      schemaVersion: 2,
      mediaType: MediaType.ociIndex,
      manifests: [
        { ...amd64.manifest.descriptor, platform: { os: 'linux', architecture: 'amd64' } },
        arm.manifest.descriptor,
        {
          ...attestation.manifest.descriptor,
          platform: { os: 'unknown', architecture: 'unknown' },
          annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
        },
      ],
    }),
  );
  const parts = [amd64, arm, attestation].flatMap(({ manifest, blobs }) => [...blobs, manifest]);
  assert.deepEqual(await describe(index, ...parts), {
    platforms: [
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
    ],
    created: '2026-01-30T09:00:00Z',
  });
});

test('the config’s date comes before the annotation’s, and neither is unknown', async () => {
  const annotations = { 'org.opencontainers.image.created': '2026-02-01T00:00:00+01:00' };
  const both = image({ created: '2026-01-30T09:00:00Z' }, annotations);
  assert.equal((await describe(both.manifest, ...both.blobs)).created, '2026-01-30T09:00:00Z');
  const annotated = image({}, annotations);
  assert.equal((await describe(annotated.manifest, ...annotated.blobs)).created, '2026-01-31T23:00:00Z');
  const neither = image({ created: 'yesterday' });
  assert.equal((await describe(neither.manifest, ...neither.blobs)).created, null);
});

test('a date beyond four-digit years is none', () => {
  assert.equal(instantOf('+012026-01-30T09:00:00Z'), null);
  assert.equal(instantOf(17), null);
});
