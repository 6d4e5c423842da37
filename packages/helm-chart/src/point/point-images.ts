import type { Chart } from '../chart/chart.ts';
import { findImages } from '../images/find-images.ts';
import type { FoundImage, ImageSlots } from '../images/found-image.ts';
import { type CarriedImage, carriedInPlaceOf } from './carried-image.ts';
import { chartRole } from './chart-role.ts';
import { losingRootOf, rootKeyOf } from './root-key-of.ts';

/** An image that a chart names, and what becomes of it inside. */
export interface PointedImage {
  readonly image: FoundImage;
  /** The artifact that runs in its place; none: the bundle lacks it. */
  readonly carried?: CarriedImage | undefined;
  /** The values that say so. None beside `carried`: the bundle has it, but the chart takes no other reference for it. */
  readonly slots?: ImageSlots | undefined;
}

/** Points all that can be pointed at what the bundle carries; what is left has no `carried` or no `slots`. */
export function pointImages(chart: Chart, carried: readonly CarriedImage[]): PointedImage[] {
  const move = chartRole(chart) === 'other' ? undefined : moveFromLosingRoot(chart);
  return findImages(chart).map((image) => {
    const match = carriedInPlaceOf(image, chart, carried);
    const slots = image.slots === undefined || match === undefined ? undefined : image.slots;
    return { image, carried: match, slots: slots === undefined || move === undefined ? slots : movedSlots(slots, move) };
  });
}

type Move = (path: readonly string[]) => readonly string[];

/** In a chart with both roots the image under the losing one is that of the winning one. */
function moveFromLosingRoot(chart: Chart): Move | undefined {
  const losing = losingRootOf(chart);
  if (losing === undefined) return undefined;
  const winning = rootKeyOf(chart);
  return (path) => (path[0] === losing ? [winning, ...path.slice(1)] : path);
}

function movedSlots(slots: ImageSlots, move: Move): ImageSlots {
  if (slots.kind === 'reference') return { kind: 'reference', reference: move(slots.reference) };
  const { registry, repository, tag, digest } = slots;
  const optional = (path: readonly string[] | undefined): readonly string[] | undefined =>
    path === undefined ? undefined : move(path);
  return {
    kind: 'parts',
    registry: optional(registry),
    repository: move(repository),
    tag: optional(tag),
    digest: optional(digest),
  };
}
