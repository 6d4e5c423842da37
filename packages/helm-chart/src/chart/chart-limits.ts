/** Bytes of a packed chart; ZenML's have some ten thousand, and charts with many sub-charts a million. */
export const MAX_CHART_BYTES = 20 * 1024 * 1024;

/** All unpacked bytes, packed sub-charts' included. Source: Helm 4, pkg/chart/loader/archive, MaxDecompressedChartSize. */
export const MAX_UNPACKED_BYTES = 100 * 1024 * 1024;

/** One file. Source: as above, MaxDecompressedFileSize. */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

/** Entries of the archive and of all packed sub-charts. */
export const MAX_ENTRIES = 10_000;

/** Charts within charts. */
export const MAX_SUBCHART_DEPTH = 5;

/** Parsing YAML takes far more memory than its text. */
export const MAX_YAML_BYTES = 1024 * 1024;

/** Nested maps and lists; also ends anchors that contain themselves. */
export const MAX_YAML_DEPTH = 64;

/** What is left of the limits while one chart is read. */
export interface ChartBudget {
  entries: number;
  bytes: number;
}
