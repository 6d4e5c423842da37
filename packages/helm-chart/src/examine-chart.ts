import { AirgapError, type ChartImage, type ExaminedChart } from '@zenml-airgap/bundle-spec';
import { escapeControl, type OperationOptions } from 'oras-js';
import { readChart } from './chart/read-chart.ts';
import { type CoverageOptions, coverage, defaultReference } from './coverage.ts';
import type { CarriedImage } from './point/carried-image.ts';
import { chartRole } from './point/chart-role.ts';
import { renderImages } from './render/render-images.ts';
import { installValues } from './values/install-values.ts';

/** A place that exists nowhere (RFC 2606): what is rendered with it and is not below it comes from elsewhere. */
const NOWHERE = 'registry.invalid/zenml-airgap';

export interface ExamineChartOptions extends OperationOptions, Omit<CoverageOptions, 'rendered'> {
  /** As `findHelm` gives it; without it values and templates are read, and nothing is rendered. */
  readonly helm?: string | undefined;
  readonly scenario?: 'self-hosted' | 'hybrid' | undefined;
}

/** Bound of the lock's schema. */
const MAX_REASON = 1000;

export interface ChartExamination {
  /** How: rendered by Helm, or only read, and why so. */
  readonly chart: ExaminedChart;
  readonly images: ChartImage[];
}

/**
 * The build's question in one call: which images would this chart run under the values that the loader will write, and
 * which of them does the bundle lack? A chart that is not ZenML's may want values that only its user knows: where Helm cannot
 * render it for that, it is read, and the answer says so.
 * @throws INVALID_CHART; HELM_FAILED; ABORTED
 */
export async function examineChart(
  tgz: Uint8Array,
  carried: readonly CarriedImage[],
  { helm, scenario, signal, ...options }: ExamineChartOptions = {},
): Promise<ChartExamination> {
  const chart = await readChart(tgz, { signal });
  // With a CA, so that the init containers which install it are rendered as well.
  const { yaml } = installValues(chart, carried, { prefix: NOWHERE, scenario, caSecret: 'internal-ca' });
  const reference = options.chartReference ?? defaultReference(chart);
  const read = (reason?: string): ChartExamination => ({
    chart: { chart: reference, method: 'read', ...(reason === undefined ? {} : { reason: escapeControl(reason, MAX_REASON) }) },
    images: coverage(chart, carried, options),
  });
  if (helm === undefined) return read();
  try {
    const images = await renderImages(tgz, yaml, { helm, release: chart.name, signal });
    return {
      chart: { chart: reference, method: 'rendered' },
      images: coverage(chart, carried, { ...options, rendered: { images, prefix: NOWHERE } }),
    };
  } catch (error) {
    const isTolerated = error instanceof AirgapError && error.code === 'HELM_FAILED' && chartRole(chart) === 'other';
    if (!isTolerated) throw error;
    return read(error.message);
  }
}
