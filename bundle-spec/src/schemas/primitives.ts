import { z } from 'zod';

// No transforms anywhere in these schemas: those have no JSON Schema.

export const digestSchema = z
  .string()
  .regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/)
  .describe('An OCI digest.') as unknown as z.ZodType<`sha256:${string}` | `sha512:${string}`>;

export const sizeSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe('Bytes.');

export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .describe('An instant in UTC, to the second: 2026-11-25T12:00:00Z.');

export const platformSchema = z
  .strictObject({
    os: z.string().min(1).max(64),
    architecture: z.string().min(1).max(64),
    variant: z.string().max(64).optional(),
    'os.version': z.string().max(128).optional(),
    'os.features': z.array(z.string().max(128)).max(64).optional(),
  })
  .describe('As in the OCI image index.');

/** An OCI descriptor as bundles record it: what is needed to fetch, and nothing that a registry could add. */
export const descriptorSchema = z.strictObject({
  mediaType: z.string().min(1).max(255),
  digest: digestSchema,
  size: sizeSchema,
});

export const kindSchema = z.enum(['image', 'chart']);

export const scenarioSchema = z
  .enum(['self-hosted', 'hybrid'])
  .describe('self-hosted: control plane and workspaces. hybrid: workspaces only.');

/** Where a site's registry takes images and charts; `host[:port]/path`, no scheme. */
export const destinationSchema = z.strictObject({
  images: z.string().min(1).max(255),
  charts: z.string().min(1).max(255),
});

/** A reference without digest in canonical form: `docker.io/zenmldocker/zenml:0.93.2`. */
export const canonicalReferenceSchema = z.string().min(1).max(512);

/** Below the destination's prefix: `zenml-pro-api`, `charts/zenml`. */
export const relativeNameSchema = z
  .string()
  .max(200)
  .regex(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/);

/** Source: OCI distribution-spec v1.1.1, "Pulling manifests". */
export const tagSchema = z.string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/);

/** An image that a chart names and the bundle deliberately lacks. */
export const missingImageSchema = z.strictObject({
  image: z.string().min(1).max(512),
  reason: z.string().min(1).max(1000),
  foundIn: z.array(z.string().max(512)).max(1000),
});
