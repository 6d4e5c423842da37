import type { Chart, ChartDependency, Subchart, Values } from '../chart/chart.ts';
import { isValues } from '../chart/is-values.ts';
import { mergeValues } from '../chart/merge-values.ts';
import type { FoundImage } from './found-image.ts';
import { imagesInTemplate } from './images-in-template.ts';
import { imagesInValues } from './images-in-values.ts';

/** Prose for people that Helm prints after an install: no manifest. */
const NOTES = /(?:^|\/)NOTES\.txt$/;

/**
 * Every image that a chart's files name, its sub-charts' too: in values.yaml and in all templates, hooks and tests included.
 * Sub-charts count whether they are switched on or not.
 */
export function findImages(chart: Chart): FoundImage[] {
  const found = imagesOf(chart, chart.values, [], '');
  const inValues = new Set(found.filter(({ source }) => source === 'values').map(({ valuesPath }) => JSON.stringify(valuesPath)));
  // A template that only says what values say is the same find.
  return found.filter(({ source, valuesPath }) => source === 'values' || !inValues.has(JSON.stringify(valuesPath ?? null)));
}

function imagesOf(chart: Chart, values: Values, prefix: readonly string[], folder: string): FoundImage[] {
  const places = chart.subcharts.flatMap((subchart) => keysOf(subchart, chart.dependencies).map((key) => ({ key, subchart })));
  const version = chart.version;
  const appVersion = chart.appVersion;
  const inValues = imagesInValues(values, {
    prefix,
    defaultTag: appVersion ?? version,
    skip: new Set(places.map(({ key }) => key)),
  });
  const inTemplates = [...chart.templates].flatMap(([path, text]) =>
    NOTES.test(path) ? [] : imagesInTemplate(text, { values, version, appVersion, prefix, where: `${folder}${path}` }),
  );
  const inSubcharts = places.flatMap(({ key, subchart }) => {
    const own = values[key];
    const merged = isValues(own) ? mergeValues(subchart.chart.values, own) : subchart.chart.values;
    return imagesOf(subchart.chart, merged, [...prefix, key], `${folder}${subchart.path}/`);
  });
  return [...inValues, ...inTemplates, ...inSubcharts];
}

/** Under which keys of its parent's values a sub-chart's lie: its name, or all its aliases. */
function keysOf({ chart }: Subchart, dependencies: readonly ChartDependency[]): string[] {
  const named = dependencies.filter(({ name }) => name === chart.name).map(({ name, alias }) => alias ?? name);
  return named.length === 0 ? [chart.name] : [...new Set(named)];
}
