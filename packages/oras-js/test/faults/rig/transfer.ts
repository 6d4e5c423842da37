import assert from 'node:assert/strict';
import {
  type CopyGraphOptions,
  contentOf,
  copy,
  MediaType,
  MemoryTarget,
  OrasError,
  type RegistryClientOptions,
  type Repository,
} from 'oras-js';
import { collect } from '../../collect.ts';
import { type SampleContent, sampleBytes, sampleContent, sampleManifest } from '../../sample-graph.ts';
import type { ScriptedRegistry } from './scripted-registry.ts';

/** An image with one layer. */
export interface SampleImage {
  readonly layer: SampleContent;
  readonly config: SampleContent;
  readonly manifest: SampleContent;
  /** Everything, children first. */
  readonly contents: readonly SampleContent[];
}

export function sampleImage({ layerBytes = 70_000, seed = 1 } = {}): SampleImage {
  const layer = sampleContent(MediaType.ociLayerGzip, sampleBytes(layerBytes, seed));
  const config = sampleContent(MediaType.ociConfig, Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', seed })));
  const manifest = sampleManifest(MediaType.ociManifest, { config: config.descriptor, layers: [layer.descriptor] });
  return { layer, config, manifest, contents: [layer, config, manifest] };
}

export async function memoryWith({ contents, manifest }: SampleImage): Promise<MemoryTarget> {
  const target = new MemoryTarget();
  for (const { descriptor, bytes } of contents) await target.push(descriptor, contentOf(bytes));
  await target.tag(manifest.descriptor, '1.0');
  return target;
}

/** Copies `:1.0` out of the registry into memory and asserts that all bytes are right. */
export async function pull(
  registry: ScriptedRegistry,
  { contents }: SampleImage,
  options?: RegistryClientOptions,
  signal?: AbortSignal,
): Promise<MemoryTarget> {
  const target = new MemoryTarget();
  await copy(registry.repository(options), '1.0', target, '1.0', { concurrency: 1, signal });
  for (const { descriptor, bytes } of contents) assert.ok((await collect(target.fetch(descriptor))).equals(bytes));
  return target;
}

/** Copies the image from memory into the registry as `:1.0` and asserts that the registry has the right bytes. */
export async function push(
  registry: ScriptedRegistry,
  image: SampleImage,
  options: RegistryClientOptions & Pick<CopyGraphOptions, 'mountFrom'> = {},
): Promise<void> {
  await pushTo(registry.repository(options), image, { mountFrom: options.mountFrom });
  registry.assertHolds(image.contents);
}

export async function pushTo(repository: Repository, image: SampleImage, options: CopyGraphOptions = {}): Promise<void> {
  await copy(await memoryWith(image), '1.0', repository, '1.0', { concurrency: 1, ...options });
}

/** The oras-js error that `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<OrasError> {
  return work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => (error instanceof OrasError ? error : assert.fail(String(error))),
  );
}
