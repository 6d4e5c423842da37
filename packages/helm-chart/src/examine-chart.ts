import { AirgapError, type ChartImage } from '@zenml-airgap/bundle-spec';
import type { OperationOptions } from 'oras-js';
import { readChart } from './chart/read-chart.ts';
import { type CoverageOptions, coverage } from './coverage.ts';
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
  /**
   * Told where helm cannot render a chart that is not ZenML's, which may want values that only its user knows; values and
   * templates are read all the same. Default: that is an error, as it always is with ZenML's charts.
   */
  readonly onUnrendered?: ((error: AirgapError) => void) | undefined;
}

/**
 * The build's question in one call: which images would this chart run under the values that the loader will write, and
 * which of them does the bundle lack?
 * @throws INVALID_CHART; HELM_FAILED; ABORTED
 */
export async function examineChart(
  tgz: Uint8Array,
  carried: readonly CarriedImage[],
  { helm, scenario, onUnrendered, signal, ...options }: ExamineChartOptions = {},
): Promise<ChartImage[]> {
  const chart = await readChart(tgz, { signal });
  // With a CA, so that the init containers which install it are rendered as well.
  const { yaml } = installValues(chart, carried, { prefix: NOWHERE, scenario, caSecret: 'internal-ca' });
  if (helm === undefined) return coverage(chart, carried, options);
  try {
    const images = await renderImages(tgz, yaml, { helm, release: chart.name, signal });
    return coverage(chart, carried, { ...options, rendered: { images, prefix: NOWHERE } });
  } catch (error) {
    const isTolerated = error instanceof AirgapError && error.code === 'HELM_FAILED' && chartRole(chart) === 'other';
    if (!isTolerated || onUnrendered === undefined) throw error;
    onUnrendered(error);
    return coverage(chart, carried, options);
  }
}
