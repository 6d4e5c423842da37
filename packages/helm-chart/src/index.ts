export type { Chart, ChartDependency, Subchart, Values } from './chart/chart.ts';
export { readChart } from './chart/read-chart.ts';
export { valueAt } from './chart/value-at.ts';
export { type CoverageOptions, coverage } from './coverage.ts';
export { type ExamineChartOptions, examineChart } from './examine-chart.ts';
export { findImages } from './images/find-images.ts';
export type { FoundImage, ImageSlots } from './images/found-image.ts';
export { canonicalImage, isAllowedBy, isSameImage } from './images/same-image.ts';
export type { CarriedImage } from './point/carried-image.ts';
export { type ChartRole, chartRole } from './point/chart-role.ts';
export { type PointedImage, pointImages } from './point/point-images.ts';
export { type RootKey, rootKeyOf } from './point/root-key-of.ts';
export { findHelm } from './render/find-helm.ts';
export { type RenderImagesOptions, renderImages } from './render/render-images.ts';
export {
  DEFAULT_CA_KEY,
  DEFAULT_CONTROL_PLANE_DATABASE_SECRET,
  DEFAULT_DATABASE_SECRET,
  DEFAULT_ENROLLMENT_SECRET,
  DEFAULT_PULL_SECRET,
  type InstallOptions,
  type SecretKey,
  secretKeyOf,
  TLS_SECRET,
} from './values/install-options.ts';
export { type InstallValues, installValues } from './values/install-values.ts';
