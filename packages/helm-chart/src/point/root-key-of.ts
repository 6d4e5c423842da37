import type { Chart } from '../chart/chart.ts';
import { invalidChart } from '../chart/invalid-chart.ts';
import { isValues } from '../chart/is-values.ts';
import { valueAt } from '../chart/value-at.ts';

/** Under which top-level key a ZenML chart has its server's values. */
export type RootKey = 'zenml' | 'server';

/**
 * Reads the root key from the chart itself. Helm ignores values under the wrong one without a word, and then installs
 * the open-source image from Docker Hub; which key it is has changed between releases, so no version decides here.
 * Charts that know both merge the deprecated `zenml` over `server`: where both have an image, `zenml` wins.
 * @throws INVALID_CHART where neither has an image
 */
export function rootKeyOf(chart: Chart): RootKey {
  const hasServer = hasRepository(chart, 'server');
  if (!hasServer && hasRepository(chart, 'zenml')) return 'zenml';
  if (!hasServer) {
    throw invalidChart(
      `${chart.name} ${chart.version}: values.yaml`,
      'no image.repository under zenml or server, as ZenML’s charts have',
    );
  }
  const isOverridden = isValues(valueAt(chart.values, ['zenml', 'image'])) && readsRoot(chart, 'zenml');
  return isOverridden ? 'zenml' : 'server';
}

/** The other root, where the chart has values under it too: never to be written to. */
export function losingRootOf(chart: Chart): RootKey | undefined {
  const other = rootKeyOf(chart) === 'zenml' ? 'server' : 'zenml';
  return Object.hasOwn(chart.values, other) ? other : undefined;
}

function hasRepository(chart: Chart, root: RootKey): boolean {
  const image = valueAt(chart.values, [root, 'image']);
  return [['repository'], ['api', 'repository']].some((path) => typeof valueAt(image, path) === 'string');
}

function readsRoot(chart: Chart, root: RootKey): boolean {
  return [...chart.templates.values()].some((text) => text.includes(`.Values.${root}`));
}
