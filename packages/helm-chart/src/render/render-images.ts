import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationOptions } from 'oras-js';
import type { FoundImage } from '../images/found-image.ts';
import { imagesInManifests } from '../images/images-in-manifests.ts';
import { runHelm } from './run-helm.ts';

export interface RenderImagesOptions extends OperationOptions {
  /** The program, as `findHelm` gives it. */
  readonly helm: string;
  /** Default: the name that the chart's documentation installs it under. */
  readonly release?: string | undefined;
}

/**
 * The images of what `helm template` makes of a chart: hooks and test pods included.
 * @param chart the packed chart, or the path of one
 * @param valuesYaml a whole values file
 * @throws HELM_FAILED; INVALID_CHART; ABORTED
 */
export async function renderImages(
  chart: Uint8Array | string,
  valuesYaml: string,
  { helm, release = 'release', signal }: RenderImagesOptions,
): Promise<FoundImage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'zenml-airgap-helm-'));
  try {
    const valuesFile = join(folder, 'values.yaml');
    await writeFile(valuesFile, valuesYaml, { mode: 0o600 });
    const chartFile = typeof chart === 'string' ? chart : join(folder, 'chart.tgz');
    if (typeof chart !== 'string') await writeFile(chartFile, chart);
    const manifests = await runHelm(helm, ['template', release, chartFile, '--values', valuesFile], { home: folder, signal });
    return imagesInManifests(manifests, typeof chart === 'string' ? chart : 'chart');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
