import { contentOf, type Descriptor, digestOf, MediaType, type Pusher } from 'oras-js';

export interface SampleContent {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** A two-platform image; both platforms share their base layer. */
export interface SampleGraph {
  readonly root: Descriptor;
  readonly images: readonly [Descriptor, Descriptor];
  /** More than two batches long. */
  readonly layer: SampleContent;
  readonly sharedLayer: SampleContent;
  readonly config: SampleContent;
  /** Everything, children first. */
  readonly contents: readonly SampleContent[];
}

/** Pseudo-random, so that no two places in it look alike; the same for the same seed. */
export function sampleBytes(size: number, seed: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function sampleContent(mediaType: string, bytes: Uint8Array, more: Partial<Descriptor> = {}): SampleContent {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength, ...more }, bytes };
}

export function sampleManifest(mediaType: string, fields: object): SampleContent {
  return sampleContent(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields })));
}

export function sampleGraph(seed = 1): SampleGraph {
  const sharedLayer = sampleContent(MediaType.ociLayerGzip, sampleBytes(3_000, seed));
  const platforms = (['amd64', 'arm64'] as const).map((architecture, i) => {
    const config = sampleContent(MediaType.ociConfig, Buffer.from(JSON.stringify({ os: 'linux', architecture, seed })));
    const layer = sampleContent(MediaType.ociLayerGzip, sampleBytes(i === 0 ? 2_500_001 : 70_000, seed + 100 + i));
    const image = sampleManifest(MediaType.ociManifest, {
      config: config.descriptor,
      layers: [sharedLayer.descriptor, layer.descriptor],
    });
    return { config, layer, image, platform: { os: 'linux', architecture } };
  });
  const [first, second] = platforms;
  if (!first || !second) throw new Error('two platforms make the sample');
  const index = sampleManifest(MediaType.ociIndex, {
    manifests: [first, second].map(({ image, platform }) => ({ ...image.descriptor, platform })),
  });
  return {
    root: index.descriptor,
    images: [first.image.descriptor, second.image.descriptor],
    layer: first.layer,
    sharedLayer,
    config: first.config,
    contents: [sharedLayer, first.layer, second.layer, first.config, second.config, first.image, second.image, index],
  };
}

export async function pushAll(target: Pusher, { contents }: SampleGraph): Promise<void> {
  for (const { descriptor, bytes } of contents) await target.push(descriptor, contentOf(bytes));
}
