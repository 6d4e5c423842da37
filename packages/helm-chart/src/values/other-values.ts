import type { Chart } from '../chart/chart.ts';
import { hasValueAt } from '../chart/value-at.ts';
import type { CarriedImage } from '../point/carried-image.ts';
import { DEFAULT_PULL_SECRET, type InstallOptions } from './install-options.ts';
import { pointValues } from './point-values.ts';
import { ValuesDraft } from './values-draft.ts';

/** Where charts that are not ZenML's take pull secrets, if they do. */
const PULL_SECRET_PATHS = [['imagePullSecrets'], ['global', 'imagePullSecrets']];

/** The values of any other chart that concern an air gap: images, and how to pull them. */
export function otherValues(chart: Chart, carried: readonly CarriedImage[], options: InstallOptions): ValuesDraft {
  const draft = new ValuesDraft();
  const path = PULL_SECRET_PATHS.find((candidate) => hasValueAt(chart.values, candidate));
  if (path !== undefined) draft.set(path, [{ name: options.pullSecret ?? DEFAULT_PULL_SECRET }]);
  pointValues(draft, chart, carried, options.prefix);
  return draft;
}
