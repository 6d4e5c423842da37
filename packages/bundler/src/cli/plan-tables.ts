import type { Lock, MissingImage } from '@zenml-airgap/bundle-spec';
import { type Column, formatBytes } from '@zenml-airgap/terminal';
import { formatPlatform } from 'oras-js';
import type { PlanSummary } from '../resolve/plan-summary.ts';

interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export function planTable({ artifacts }: PlanSummary): Table {
  return {
    columns: [
      { title: 'KIND' },
      { title: 'ARTIFACT' },
      { title: 'PLATFORMS' },
      { title: 'SIZE', align: 'right' },
      { title: 'SHARED', align: 'right' },
      { title: 'DIGEST' },
    ],
    rows: artifacts.map(({ artifact, bytes, sharedBytes }) => [
      artifact.kind,
      `${artifact.name}:${artifact.tag}`,
      platformsText(artifact),
      formatBytes(bytes),
      sharedBytes === 0 ? '-' : formatBytes(sharedBytes),
      artifact.root.digest,
    ]),
  };
}

/** More would push everything else off the line. */
const MAX_PLATFORMS = 3;

function platformsText({
  kind,
  platforms,
}: {
  readonly kind: string;
  readonly platforms: readonly { os: string; architecture: string; variant?: string | undefined }[];
}): string {
  if (platforms.length === 0) return kind === 'chart' ? '-' : 'not stated';
  const shown = platforms.slice(0, MAX_PLATFORMS).map(formatPlatform);
  return shown.join(', ') + (platforms.length > MAX_PLATFORMS ? ` and ${platforms.length - MAX_PLATFORMS} more` : '');
}

export function totalLines({ artifacts, blobs, blobBytes, savedBytes, bundleBytes }: PlanSummary): string[] {
  return [
    `Bundle         ${formatBytes(bundleBytes)} (${bundleBytes} bytes)`,
    `Content        ${artifacts.length} artifacts, ${blobs} blobs, ${formatBytes(blobBytes)}; sharing saves ${formatBytes(savedBytes)}`,
  ];
}

export function chartImageTable({ chartImages }: Pick<Lock, 'chartImages'>, missing: readonly MissingImage[]): Table {
  return {
    columns: [{ title: 'IMAGE' }, { title: 'CHART' }, { title: 'CARRIED' }, { title: 'FOUND IN' }],
    rows: chartImages.map(({ image, chart, where: [first = '', ...others], status, carriedAs, needsMirror }) => [
      image,
      chart,
      status === 'carried'
        ? `${carriedAs ?? 'yes'}${needsMirror === true ? ', by a mirror only' : ''}`
        : `no: ${missing.find((allowed) => allowed.image === image)?.reason ?? status}`,
      others.length === 0 ? first : `${first} and ${others.length} more`,
    ]),
  };
}
