import type { Chart } from '../chart/chart.ts';
import { hasValueAt, valueAt } from '../chart/value-at.ts';
import { scalar } from '../images/images-in-values.ts';
import type { CarriedImage } from '../point/carried-image.ts';
import { pointImages } from '../point/point-images.ts';
import type { ValuesDraft } from './values-draft.ts';

/** Every pod start would ask the registry otherwise: the charts' default is `Always`. */
export const PULL_POLICY = 'IfNotPresent';

/** Writes all images that the bundle carries, at `prefix`, into `draft`. */
export function pointValues(draft: ValuesDraft, chart: Chart, carried: readonly CarriedImage[], prefix: string): void {
  const [host = '', ...path] = prefix.split('/');
  for (const { carried: image, slots } of pointImages(chart, carried)) {
    if (image === undefined || slots === undefined) continue;
    if (slots.kind === 'reference') {
      draft.set(slots.reference, `${prefix}/${image.name}:${image.tag}`);
      continue;
    }
    const { registry, repository, tag, digest } = slots;
    if (registry !== undefined) draft.set(registry, host);
    draft.set(repository, registry === undefined ? `${prefix}/${image.name}` : [...path, image.name].join('/'));
    if (tag !== undefined) draft.set(tag, image.tag);
    const digestInside = digest === undefined ? undefined : scalar(valueAt(chart.values, digest));
    // A digest that is carried stays true inside; any other would win over the tag.
    if (digest !== undefined && digestInside !== undefined && digestInside !== image.root?.digest) draft.set(digest, '');
    const pullPolicy = [...repository.slice(0, -1), 'pullPolicy'];
    if (hasValueAt(chart.values, pullPolicy)) draft.set(pullPolicy, PULL_POLICY);
  }
}
