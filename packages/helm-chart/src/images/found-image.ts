/** Which values decide over an image: one text, or its parts. Each is a path of keys in the top chart's values. */
export type ImageSlots =
  | { readonly kind: 'reference'; readonly reference: readonly string[] }
  | {
      readonly kind: 'parts';
      readonly registry?: readonly string[] | undefined;
      readonly repository: readonly string[];
      readonly tag?: readonly string[] | undefined;
      readonly digest?: readonly string[] | undefined;
    };

/** An image that a chart names. */
export interface FoundImage {
  /** As the chart has it: `busybox`, `zenmldocker/zenml-server:0.93.2`. Hostile text. */
  readonly image: string;
  /** `values.yaml: zenml.image`, `templates/tests/test-connection.yaml:13`, `rendered: Pod/x-test (templates/…)` */
  readonly where: string;
  readonly source: 'values' | 'template' | 'rendered';
  /** Where in values it lies, if it does: the map, or the text. */
  readonly valuesPath?: readonly string[] | undefined;
  /** What to set to have another image run; without it no value reaches this image. */
  readonly slots?: ImageSlots | undefined;
}
