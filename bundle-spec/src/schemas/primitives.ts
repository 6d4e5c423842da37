import * as z from 'zod';

// No transforms anywhere in these schemas: those have no JSON Schema.

/** Control characters, line separators and what turns the direction of writing: text that lies to whoever reads it on a terminal. */
const DECEPTIVE = '\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069';

/** One line of text for people. */
export function lineSchema(maxLength: number) {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(new RegExp(`^[^${DECEPTIVE}]*$`), { error: 'must be one line without control characters' });
}

export const digestSchema = z
  .union(
    [
      z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]),
      z.templateLiteral(['sha512:', z.string().regex(/^[0-9a-f]{128}$/)]),
    ],
    { error: 'must be a digest: sha256: and 64 lower-case hexadecimal digits' },
  )
  .describe('An OCI digest.');

export const sizeSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER).describe('Bytes.');

export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, { error: 'must be an instant in UTC: 2026-11-25T12:00:00Z' })
  .describe('An instant in UTC, to the second: 2026-11-25T12:00:00Z.');

export const mediaTypeSchema = z
  .string()
  .max(255)
  .regex(/^[!-~]+$/, { error: 'must be a media type' });

export const platformSchema = z
  .strictObject({
    os: lineSchema(64),
    architecture: lineSchema(64),
    variant: lineSchema(64).optional(),
    'os.version': lineSchema(128).optional(),
    'os.features': z.array(lineSchema(128)).max(64).optional(),
  })
  .describe('As in the OCI image index.');

/** An OCI descriptor as bundles record it: what is needed to fetch, and nothing that a registry could add. */
export const descriptorSchema = z.strictObject({
  mediaType: mediaTypeSchema,
  digest: digestSchema,
  size: sizeSchema,
});

export const kindSchema = z.enum(['image', 'chart']);

export const scenarioSchema = z
  .enum(['self-hosted', 'hybrid'])
  .describe('self-hosted: control plane and workspaces. hybrid: workspaces only.');

const HOST = '(?:[a-zA-Z0-9.-]+|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?';
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const TAG = '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}';

/** `host[:port]/path` of a registry, no scheme. */
export const placeSchema = z
  .string()
  .max(255)
  .regex(new RegExp(`^${HOST}(?:/${COMPONENT})*$`), {
    error: 'must be HOST[:PORT]/PATH in lower case, without a scheme, a tag or a slash at the end',
  });

/** Where a site's registry takes images and charts. */
export const destinationSchema = z.strictObject({ images: placeSchema, charts: placeSchema });

/** A reference without digest in canonical form: `docker.io/zenmldocker/zenml:0.93.2`. */
export const canonicalReferenceSchema = z
  .string()
  .max(512)
  .regex(new RegExp(`^${HOST}(?:/${COMPONENT})+:${TAG}$`), {
    error: 'must be a canonical reference: docker.io/zenmldocker/zenml:0.93.2',
  });

/** Below the destination's prefix: `zenml-pro-api`, `charts/zenml`. */
export const relativeNameSchema = z
  .string()
  .max(200)
  .regex(new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`), {
    error: 'must be a repository name in lower case: letters, digits, and single . _ - and / between them',
  });

/** Source: OCI distribution-spec v1.1.1, "Pulling manifests". */
export const tagSchema = z
  .string()
  .regex(new RegExp(`^${TAG}$`), { error: 'must be a tag: at most 128 letters, digits, and . _ -' });

/** An image that a chart names and the bundle deliberately lacks. */
export const missingImageSchema = z.strictObject({
  image: lineSchema(512),
  reason: lineSchema(1000),
  foundIn: z.array(lineSchema(512)).max(1000),
});
