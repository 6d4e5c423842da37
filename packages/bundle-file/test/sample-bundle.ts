import { join } from 'node:path';
import {
  type BundleDraft,
  type BundlePlan,
  BundleWriter,
  generateKeyPair,
  loadPrivateKey,
  loadTrustedKey,
  planBundle,
  type SignManifest,
  signManifest,
  type TrustedKey,
} from '@zenml-airgap/bundle-file';
import type { Artifact, Blob } from '@zenml-airgap/bundle-spec';
import {
  contentOf,
  type Descriptor,
  type Digest,
  digestOf,
  isManifestType,
  MediaType,
  MemoryTarget,
  successorsOf,
} from 'oras-js';

export interface SampleContent {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface SampleArtifact {
  readonly kind: 'image' | 'chart';
  /** `docker.io/zenmldocker/zenml:0.93.2` */
  readonly source: string;
  readonly name: string;
  readonly root: Descriptor;
}

export interface Sample {
  readonly draft: BundleDraft;
  readonly plan: BundlePlan;
  readonly source: MemoryTarget;
  /** Everything that has to be pushed. */
  readonly contents: readonly SampleContent[];
}

/** Not random, and not alike anywhere. */
export function sampleBytes(size: number, seed: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

export function content(mediaType: string, bytes: Uint8Array): SampleContent {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

function manifest(mediaType: string, fields: object): SampleContent {
  return content(mediaType, Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields })));
}

/** One image of one platform over the given layers; config and manifest come last. */
export function image(layers: readonly SampleContent[], seed: number): SampleContent[] {
  const config = content(MediaType.ociConfig, Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', seed })));
  const root = manifest(MediaType.ociManifest, {
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
  });
  return [...layers, config, root];
}

/** One chart with the given archive. */
export function chart(archive: Uint8Array, name: string): SampleContent[] {
  const config = content(MediaType.helmConfig, Buffer.from(JSON.stringify({ name, version: '0.93.2' })));
  const layer = content(MediaType.helmChart, archive);
  return [config, layer, manifest(MediaType.ociManifest, { config: config.descriptor, layers: [layer.descriptor] })];
}

/** Plans a bundle of all `contents`; who needs which blob is found by walking from the roots. */
export async function sample(artifacts: readonly SampleArtifact[], contents: readonly SampleContent[]): Promise<Sample> {
  const all = new Map(contents.map((each) => [each.descriptor.digest, each]));
  const users = new Map<Digest, Set<number>>();
  const walk = (digest: Digest, index: number): void => {
    const each = all.get(digest);
    if (each === undefined) throw new Error(`the sample lacks ${digest}`);
    users.set(digest, (users.get(digest) ?? new Set()).add(index));
    for (const child of successorsOf(each.descriptor.mediaType, each.bytes)) walk(child.digest, index);
  };
  for (const [index, { root }] of artifacts.entries()) walk(root.digest, index);
  const blobs = [...all.values()].map(({ descriptor, bytes }): Blob => {
    const children = isManifestType(descriptor.mediaType)
      ? { children: successorsOf(descriptor.mediaType, bytes).map(({ digest }) => digest) }
      : {};
    return { ...descriptor, artifacts: [...(users.get(descriptor.digest) ?? [])], ...children };
  });
  const draft: BundleDraft = {
    tool: { name: 'zenml-bundler', version: '0.1.0' },
    created: '2025-11-25T12:00:00Z',
    scenario: 'self-hosted',
    registries: [],
    missing: [],
    blobs,
    artifacts: artifacts.map(toArtifact),
    manifests: new Map(contents.map(({ descriptor, bytes }) => [descriptor.digest, bytes])),
    charts: artifacts.flatMap((artifact) => (artifact.kind === 'chart' ? chartOf(artifact, all) : [])),
  };
  const source = new MemoryTarget();
  for (const { descriptor, bytes } of all.values()) await source.push(descriptor, contentOf(bytes));
  return { draft, plan: planBundle(draft), source, contents: [...all.values()] };
}

function toArtifact({ kind, source, name, root }: SampleArtifact): Artifact {
  const tag = source.slice(source.lastIndexOf(':') + 1);
  const platforms = kind === 'image' ? [{ os: 'linux', architecture: 'amd64' }] : [];
  return { kind, source, name, tag, root, platforms, referrers: [], created: null };
}

function chartOf({ name, source, root }: SampleArtifact, all: ReadonlyMap<Digest, SampleContent>): BundleDraft['charts'] {
  const bytes = all.get(root.digest)?.bytes ?? new Uint8Array(0);
  const layer = successorsOf(root.mediaType, bytes).find(({ mediaType }) => mediaType === MediaType.helmChart);
  if (layer === undefined) throw new Error(`${name} has no chart layer`);
  return [{ name: name.slice('charts/'.length), version: source.slice(source.lastIndexOf(':') + 1), layer }];
}

function rootOf(contents: readonly SampleContent[]): Descriptor {
  const last = contents.at(-1);
  if (last === undefined) throw new Error('no content');
  return last.descriptor;
}

/** As small as bundles get: one image with one layer. */
export function tinySample(): Promise<Sample> {
  const contents = image([content(MediaType.ociLayerGzip, sampleBytes(700, 1))], 1);
  return sample(
    [{ kind: 'image', source: 'docker.io/zenmldocker/zenml:0.93.2', name: 'zenml', root: rootOf(contents) }],
    contents,
  );
}

/** Two images that share a layer, and a chart named as one of them; `layerBytes` is the size of the largest layer. */
export function smallSample(layerBytes = 2_500_001): Promise<Sample> {
  const shared = content(MediaType.ociLayerGzip, sampleBytes(3_000, 2));
  const client = image([shared, content(MediaType.ociLayerGzip, sampleBytes(layerBytes, 3))], 3);
  const server = image([shared, content(MediaType.ociLayerGzip, sampleBytes(70_000, 4))], 4);
  const helm = chart(sampleBytes(5_000, 5), 'zenml');
  return sample(
    [
      { kind: 'image', source: 'docker.io/zenmldocker/zenml:0.93.2', name: 'zenml', root: rootOf(client) },
      { kind: 'image', source: 'gcr.io/zenml/zenml-pro-server:0.93.2', name: 'zenml-pro-server', root: rootOf(server) },
      { kind: 'chart', source: 'public.ecr.aws/zenml/zenml:0.93.2', name: 'charts/zenml', root: rootOf(helm) },
    ],
    [...client, ...server, ...helm],
  );
}

export interface SampleKey {
  readonly sign: SignManifest;
  readonly trusted: TrustedKey;
  readonly publicKeyPem: string;
}

export async function sampleKey(source = 'sample.pub'): Promise<SampleKey> {
  const pair = await generateKeyPair();
  const privateKey = loadPrivateKey(pair.privateKeyPem);
  return {
    sign: (bytes) => signManifest(bytes, privateKey),
    trusted: loadTrustedKey(pair.publicKeyPem, source),
    publicKeyPem: pair.publicKeyPem,
  };
}

export async function pushAll(writer: BundleWriter, { contents, source }: Sample): Promise<void> {
  await Promise.all(contents.map(({ descriptor }) => writer.push(descriptor, (options) => source.fetch(descriptor, options))));
}

/** @returns the bundle's path */
export async function writeSample(folder: string, each: Sample, sign: SignManifest, name = 'bundle.tar'): Promise<string> {
  const path = join(folder, name);
  await using writer = await BundleWriter.open(path, each.plan);
  await pushAll(writer, each);
  await writer.seal(sign);
  return path;
}
