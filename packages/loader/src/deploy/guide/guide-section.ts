import type { BundleManifest } from '@zenml-airgap/bundle-spec';
import type { DeployedChart } from '../deployed-chart.ts';
import type { DeploymentOptions } from '../deployment-options.ts';

/** One part of INSTALL.md. */
export interface GuideSection {
  readonly title: string;
  readonly text: string;
}

/** What every section is written from. */
export interface GuideContext {
  readonly manifest: BundleManifest;
  readonly charts: readonly DeployedChart[];
  readonly options: DeploymentOptions;
}
