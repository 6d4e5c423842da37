import { formatPlatform } from 'oras-js';
import { defaultChartsDestination, destinationReference } from '../destination-reference.ts';
import type { Artifact, BundleManifest, Destination } from '../schemas/bundle-manifest.ts';
import { formatSize } from './format-size.ts';
import { formatTable } from './format-table.ts';

/** Stands for the internal registry where the request named none. */
export const UNNAMED_REGISTRY = 'REGISTRY.EXAMPLE/zenml';

const UNNAMED_DESTINATION: Destination = { images: UNNAMED_REGISTRY, charts: defaultChartsDestination(UNNAMED_REGISTRY) };

type Listed = Pick<BundleManifest, 'tool' | 'created' | 'scenario' | 'registries' | 'artifacts' | 'blobs' | 'missing'>;

/**
 * `manifest.txt`: what ZenML's documentation asks of a bundle's manifest (all image names and versions, chart versions, date
 * of creation, required internal registry URLs), and digests, sizes, platforms, what is deliberately missing.
 * Source: docs.zenml.io, "Self-hosted Deployment Prerequisites", "Create Offline Bundle".
 */
export function listingOf(manifest: Listed): Uint8Array {
  const images = manifest.artifacts.filter((artifact) => artifact.kind === 'image');
  const charts = manifest.artifacts.filter((artifact) => artifact.kind === 'chart');
  const bytesOf = artifactBytes(manifest);
  const carriedBytes = manifest.blobs.reduce((sum, blob) => sum + blob.size, 0);
  const sections = [
    ['ZenML air-gapped bundle'],
    formatTable([
      ['Created', manifest.created],
      ['Made by', `${manifest.tool.name} ${manifest.tool.version}`],
      ['Scenario', manifest.scenario],
      [
        'Content',
        `${counted(images, 'image')}, ${counted(charts, 'chart')}, ${counted(manifest.blobs, 'blob')}, ${formatSize(carriedBytes)}`,
      ],
    ]),
    ...sectionOf('CONTAINER IMAGES', images, bytesOf),
    ...sectionOf('HELM CHARTS', charts, bytesOf),
    ...manifest.registries.flatMap((destination, index) =>
      registrySection(
        manifest.registries.length === 1 ? '' : ` (${index + 1} of ${manifest.registries.length})`,
        manifest,
        destination,
      ),
    ),
    ...(manifest.registries.length === 0 ? registrySection('', manifest, UNNAMED_DESTINATION) : []),
    ...missingSection(manifest),
  ];
  return new TextEncoder().encode(`${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

function sectionOf(title: string, artifacts: readonly Artifact[], bytesOf: ReadonlyMap<Artifact, number>): string[][] {
  if (artifacts.length === 0) return [[title], ['  none']];
  return [[title], ...artifacts.map((artifact) => describe(artifact, bytesOf.get(artifact) ?? 0))];
}

/** What each artifact needs by itself; shared blobs count for each that shares them. */
function artifactBytes({ artifacts, blobs }: Listed): ReadonlyMap<Artifact, number> {
  const bytes = artifacts.map(() => 0);
  for (const blob of blobs) {
    for (const index of blob.artifacts) bytes[index] = (bytes[index] ?? 0) + blob.size;
  }
  return new Map(artifacts.map((artifact, index) => [artifact, bytes[index] ?? 0]));
}

function describe(artifact: Artifact, bytes: number): string[] {
  const platforms = artifact.platforms.map(formatPlatform);
  return [
    `  ${artifact.name} ${artifact.tag}`,
    ...formatTable([
      ['    source', artifact.source],
      ['    digest', artifact.root.digest],
      ['    size', `${formatSize(bytes)}, shared content included`],
      ...(artifact.kind === 'image' ? [['    platforms', platforms.join(', ') || 'not stated']] : []),
      ...(artifact.original === undefined
        ? []
        : [['    cut from', `${artifact.original.digest}, whose signatures do not match what is carried`]]),
      ['    published', artifact.created ?? 'unknown'],
    ]),
  ];
}

function registrySection(suffix: string, manifest: Listed, destination: Destination): string[][] {
  const named = manifest.registries.length > 0;
  const preface = named ? [] : [`  No registry was named when the bundle was built; read your own for ${UNNAMED_REGISTRY}.`];
  return [
    [
      `REQUIRED INTERNAL REGISTRY URLS${suffix}`,
      ...preface,
      `  images below  ${destination.images}`,
      `  charts below  oci://${destination.charts}`,
    ],
    manifest.artifacts.map(
      (artifact) => `  ${artifact.kind === 'chart' ? 'oci://' : ''}${destinationReference(artifact, destination)}`,
    ),
  ];
}

function missingSection(manifest: Listed): string[][] {
  if (manifest.missing.length === 0) return [];
  return [
    ['DELIBERATELY NOT CARRIED', '  Charts name these images; whoever asked for the bundle left them out.'],
    ...manifest.missing.map(({ image, reason, foundIn }) => [
      `  ${image}`,
      ...formatTable([['    reason', reason], ...foundIn.map((place) => ['    found in', place])]),
    ]),
  ];
}

function counted(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`;
}
