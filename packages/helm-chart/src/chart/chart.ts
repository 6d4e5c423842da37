/** A map as YAML has it. Keys and scalars are hostile text. */
export type Values = { readonly [key: string]: unknown };

/** What a chart says of one of its sub-charts. */
export interface ChartDependency {
  readonly name: string;
  /** Its values lie under this key instead of under its name. */
  readonly alias?: string | undefined;
}

/** A Helm chart, read. Maps are keyed by paths below the chart's own folder. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string | undefined;
  /** `values.yaml`, parsed; sub-charts' defaults are not merged in. */
  readonly values: Values;
  /** `values.yaml` as it is written; empty where the chart has none. */
  readonly valuesText: string;
  /** All below `templates/`, hooks, tests and partials included; without those of the sub-charts. */
  readonly templates: ReadonlyMap<string, string>;
  /** Everything, sub-charts included. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly dependencies: readonly ChartDependency[];
  readonly subcharts: readonly Subchart[];
}

export interface Subchart {
  /** Where it lies in its parent: `charts/redis`, `charts/redis-1.0.0.tgz`. */
  readonly path: string;
  readonly chart: Chart;
}
