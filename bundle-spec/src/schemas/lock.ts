import * as z from 'zod';
import { artifactSchema } from './bundle-manifest.ts';
import { digestSchema, instantSchema, lineSchema } from './primitives.ts';

/** An image that a chart would run, and where that was found. */
export const chartImageSchema = z.strictObject({
  image: lineSchema(512),
  chart: lineSchema(512).describe('`name:tag` of the chart artifact.'),
  where: z.array(lineSchema(512)).min(1).max(1000),
  status: z.enum(['carried', 'allowed', 'missing']),
  carriedAs: lineSchema(512).optional().describe('`name:tag` of the artifact that stands in for it.'),
  needsMirror: z.literal(true).optional().describe('Carried, and no value of the chart points at it.'),
});

/** How a chart was searched for images. */
export const examinedChartSchema = z.strictObject({
  chart: lineSchema(512).describe('`name:tag` of the chart artifact.'),
  method: z.enum(['read', 'rendered']),
  reason: lineSchema(1024).optional().describe('Why Helm could not render it; absent where there was no Helm.'),
});

/** Everything that can move, pinned: `zenml-bundle.lock.json`. Described in SPEC.md. */
export const lockSchema = z.strictObject({
  lockVersion: z.literal(1),
  requestHash: digestSchema.describe('Of the parsed request without registry, mirrors and signing.'),
  created: instantSchema,
  versions: z.strictObject({
    controlPlane: lineSchema(128).nullable(),
    workspaceServer: z.array(lineSchema(128)).min(1).max(100),
  }),
  artifacts: z.array(artifactSchema).min(1).max(100_000),
  charts: z.array(examinedChartSchema).max(100_000),
  chartImages: z.array(chartImageSchema).max(100_000),
});

export type Lock = z.infer<typeof lockSchema>;
export type ExaminedChart = z.infer<typeof examinedChartSchema>;
export type ChartImage = z.infer<typeof chartImageSchema>;
