import type { Chart, Values } from '../chart/chart.ts';
import type { CarriedImage } from '../point/carried-image.ts';
import { type ChartRole, chartRole } from '../point/chart-role.ts';
import { controlPlaneValues } from './control-plane-values.ts';
import type { InstallOptions } from './install-options.ts';
import { otherValues } from './other-values.ts';
import { placeholdersIn, type ValuesDraft } from './values-draft.ts';
import { workspaceValues } from './workspace-values.ts';

export interface InstallValues {
  readonly values: Values;
  /** The file, comments included. */
  readonly yaml: string;
  /** What has to be filled in by hand, sorted: `REPLACE_ME_WORKSPACE_HOST`. */
  readonly placeholders: readonly string[];
}

/** Does not spell the placeholders itself: a search for what is left must end empty. */
const PLACEHOLDER_HINT = 'Fill in what is written in capitals; INSTALL.md lists it.';

/**
 * The whole values file for a chart inside: every image that the bundle carries pointed at `prefix`, secrets by reference
 * or, where the chart cannot, as placeholders. The same at build, where rendering with it shows what is left, and at load.
 * @throws INVALID_CHART where one of ZenML's charts has its images where we do not know them
 */
export function installValues(chart: Chart, carried: readonly CarriedImage[], options: InstallOptions): InstallValues {
  const draft = draftFor(chartRole(chart), chart, carried, options);
  const header = `Values for the chart ${chart.name} ${chart.version}, with images from ${options.prefix}.`;
  const placeholders = placeholdersIn(draft.toYaml(header));
  const yaml = draft.toYaml(placeholders.length === 0 ? header : `${header}\n${PLACEHOLDER_HINT}`);
  return { values: structuredClone(draft.values), yaml, placeholders };
}

function draftFor(role: ChartRole, chart: Chart, carried: readonly CarriedImage[], options: InstallOptions): ValuesDraft {
  switch (role) {
    case 'control-plane':
      return controlPlaneValues(chart, carried, options);
    case 'workspace':
      return workspaceValues(chart, carried, options);
    case 'other':
      return otherValues(chart, carried, options);
  }
}
