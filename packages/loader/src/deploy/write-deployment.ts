import { checkNames, type WriteDeploymentOptions } from './deployment-options.ts';
import { installGuide } from './install-guide.ts';
import { planDeployment } from './plan-deployment.ts';
import { type DeploymentSource, readCharts } from './read-charts.ts';
import { type NewFile, writeNewFiles } from './write-new-files.ts';

export type { WriteDeploymentOptions } from './deployment-options.ts';
export type { DeploymentSource } from './read-charts.ts';

export interface WrittenDeployment {
  /** Paths, in the order in which they are used: values files, then INSTALL.md. */
  readonly files: readonly string[];
  /** What has to be filled in, by values file: `zenml-0.93.2-values.yaml`. */
  readonly placeholders: ReadonlyMap<string, readonly string[]>;
}

const GUIDE_FILE = 'INSTALL.md';
/** Values get passwords filled in. */
const VALUES_MODE = 0o600;
const GUIDE_MODE = 0o644;

/**
 * Writes a values file for each chart of a bundle, and INSTALL.md with the commands to run; contacts nothing.
 * @throws USAGE, INVALID_CHART, OUTPUT_EXISTS, FILE_ERROR, ABORTED
 */
export async function writeDeployment(source: DeploymentSource, options: WriteDeploymentOptions): Promise<WrittenDeployment> {
  checkNames(options);
  const charts = planDeployment(source.manifest, await readCharts(source, options), options);
  const files: NewFile[] = charts.map(({ valuesFile, values }) => ({ name: valuesFile, text: values.yaml, mode: VALUES_MODE }));
  files.push({ name: GUIDE_FILE, text: installGuide(source.manifest, charts, options), mode: GUIDE_MODE });
  return {
    files: await writeNewFiles(options.outputFolder, files, options),
    placeholders: new Map(charts.map(({ valuesFile, values }) => [valuesFile, values.placeholders])),
  };
}
