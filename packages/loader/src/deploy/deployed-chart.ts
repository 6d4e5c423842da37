import type { Artifact } from '@zenml-airgap/bundle-spec';
import type { Chart, ChartRole, InstallValues, PointedImage } from '@zenml-airgap/helm-chart';

/** A chart of the bundle, and how it is installed. */
export interface DeployedChart {
  readonly artifact: Artifact;
  readonly chart: Chart;
  readonly role: ChartRole;
  readonly images: readonly PointedImage[];
  readonly values: InstallValues;
  /** `zenml-0.93.2-values.yaml` */
  readonly valuesFile: string;
  readonly namespace: string;
  readonly release: string;
  /** `oci://harbor.corp.example/zenml/charts/zenml`, without version. */
  readonly location: string;
}
