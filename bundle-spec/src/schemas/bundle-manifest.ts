import * as z from 'zod';
import {
  canonicalReferenceSchema,
  descriptorSchema,
  destinationSchema,
  digestSchema,
  instantSchema,
  kindSchema,
  lineSchema,
  mediaTypeSchema,
  missingImageSchema,
  platformSchema,
  relativeNameSchema,
  scenarioSchema,
  sizeSchema,
  tagSchema,
} from './primitives.ts';

export const BUNDLE_MANIFEST_TYPE = 'application/vnd.zenml.airgap.bundle.manifest.v1+json';
export const BUNDLE_FORMAT_VERSION = '1.0';

/** An image or a chart: a root descriptor and its references. */
export const artifactSchema = z.strictObject({
  kind: kindSchema,
  source: canonicalReferenceSchema,
  name: relativeNameSchema,
  tag: tagSchema,
  root: descriptorSchema,
  platforms: z.array(platformSchema).max(1000),
  original: descriptorSchema
    .optional()
    .describe('The published index, where `root` is what platform selection made of it. The bundle does not hold it.'),
  referrers: z.array(descriptorSchema).max(10_000),
  created: instantSchema.nullable(),
});

/** Content under its digest: a manifest, a config or a layer. Charts' manifests and configs are blobs too. */
export const blobSchema = z.strictObject({
  digest: digestSchema,
  size: sizeSchema,
  mediaType: mediaTypeSchema,
  artifacts: z.array(z.int().min(0)).min(1).describe('Indices into `artifacts` of all that need this blob.'),
  children: z.array(digestSchema).optional().describe('Of a manifest: what it names, in its order.'),
});

export const bundleFileSchema = z.strictObject({
  path: z
    .string()
    .max(100)
    .regex(/^[!-~]+$/, { error: 'must be plain ASCII' }),
  size: sizeSchema,
  digest: digestSchema,
});

/** The signed list of all that a bundle holds. Described in SPEC.md. */
export const bundleManifestSchema = z.strictObject({
  mediaType: z.literal(BUNDLE_MANIFEST_TYPE),
  formatVersion: z.literal(BUNDLE_FORMAT_VERSION),
  tool: z.strictObject({ name: lineSchema(64), version: lineSchema(64) }),
  created: instantSchema,
  scenario: scenarioSchema,
  registries: z.array(destinationSchema).max(100),
  artifacts: z.array(artifactSchema).min(1).max(100_000),
  blobs: z.array(blobSchema).min(1).max(1_000_000),
  files: z.array(bundleFileSchema).min(1).max(100_000),
  missing: z.array(missingImageSchema).max(10_000),
});

export type BundleManifest = z.infer<typeof bundleManifestSchema>;
export type Artifact = z.infer<typeof artifactSchema>;
export type Blob = z.infer<typeof blobSchema>;
export type BundleFile = z.infer<typeof bundleFileSchema>;
export type MissingImage = z.infer<typeof missingImageSchema>;
export type Destination = z.infer<typeof destinationSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;
export type ArtifactKind = z.infer<typeof kindSchema>;
