import { type ChartImage, relativeReference } from '@zenml-airgap/bundle-spec';
import { escapeControl } from 'oras-js';
import type { Chart } from './chart/chart.ts';
import type { FoundImage } from './images/found-image.ts';
import { canonicalImage, isAllowedBy } from './images/same-image.ts';
import { type CarriedImage, isCarriedAs } from './point/carried-image.ts';
import { pointImages } from './point/point-images.ts';

/** Bounds of the lock's schema. */
const MAX_TEXT = 500;
const MAX_PLACES = 1000;

export interface CoverageOptions {
  /** What `helm template` made of the chart with `installValues` at `prefix`. */
  readonly rendered?: { readonly images: readonly FoundImage[]; readonly prefix: string } | undefined;
  /** Images that are deliberately left behind, as the request names them. */
  readonly allowMissing?: readonly string[] | undefined;
  /** `name:tag` of the chart's artifact. Default: `charts/NAME:VERSION`. */
  readonly chartReference?: string | undefined;
}

/**
 * What a chart would run under our values, and whether the bundle has it. One finding for each image, with all places.
 * An image of the bundle that the chart takes no other reference for is carried and `needsMirror`: only a mirror of its
 * registry can serve it. It is a finding of its own beside that of the places which values point at the same artifact.
 */
export function coverage(chart: Chart, carried: readonly CarriedImage[], options: CoverageOptions = {}): ChartImage[] {
  const { rendered, allowMissing = [], chartReference = defaultReference(chart) } = options;
  const findings = new Map<string, Finding>();
  const add = ({ image, where }: FoundImage, match: CarriedImage | undefined, isPointed: boolean): void => {
    const carriedAs = match === undefined ? undefined : relativeReference(match);
    const needsMirror = match !== undefined && !isPointed;
    const key = JSON.stringify([carriedAs ?? canonicalImage(image) ?? image, needsMirror]);
    const finding = findings.get(key) ?? { image: escapeControl(image, MAX_TEXT), where: new Set(), carriedAs, needsMirror };
    findings.set(key, finding);
    if (finding.where.size < MAX_PLACES) finding.where.add(escapeControl(where, MAX_TEXT));
  };
  for (const { image, carried: match, slots } of pointImages(chart, carried)) add(image, match, slots !== undefined);
  for (const image of rendered?.images ?? []) {
    const inside = rendered === undefined ? undefined : carriedAt(image.image, rendered.prefix, carried);
    add(image, inside ?? carried.find((candidate) => isCarriedAs(image.image, candidate)), inside !== undefined);
  }
  return [...findings.values()].map(({ image, where, carriedAs, needsMirror }) => {
    const isAllowed = allowMissing.some((entry) => isAllowedBy(entry, image));
    const status = carriedAs !== undefined ? 'carried' : isAllowed ? 'allowed' : 'missing';
    return {
      image,
      chart: chartReference,
      where: [...where],
      status,
      ...(carriedAs === undefined ? {} : { carriedAs }),
      ...(needsMirror ? { needsMirror } : {}),
    } satisfies ChartImage;
  });
}

interface Finding {
  readonly image: string;
  readonly where: Set<string>;
  readonly carriedAs: string | undefined;
  readonly needsMirror: boolean;
}

function carriedAt(image: string, prefix: string, carried: readonly CarriedImage[]): CarriedImage | undefined {
  if (!image.startsWith(`${prefix}/`)) return undefined;
  const [name] = image.slice(prefix.length + 1).split('@');
  return carried.find((candidate) => candidate.kind !== 'chart' && relativeReference(candidate) === name);
}

/** A tag cannot have the `+` of a semantic version; Helm writes `_`. */
export function defaultReference({ name, version }: Chart): string {
  return `charts/${name}:${version.replaceAll('+', '_')}`;
}
