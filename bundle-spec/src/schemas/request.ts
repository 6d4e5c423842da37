import * as z from 'zod';
import { lineSchema, relativeNameSchema, scenarioSchema } from './primitives.ts';

// YAML is read with the failsafe schema: every scalar arrives as text, so 0.94 is no number and 3.10 is not 3.1.

// The rule of the bundle manifest, in which most of this ends: what it refuses has to be refused before anything is fetched.
const text = lineSchema(512);
const versionSchema = text.describe('An exact version, a semver range (">=0.13 <0.14"), or latest.');

/** One image beside ZenML's own. */
const requestedImageSchema = z.union([
  text.describe('A reference: docker.io/library/busybox:1.36'),
  z.strictObject({ image: text, name: relativeNameSchema }).describe('`name` is what it is called inside.'),
]);

/** What is wanted in a bundle: `zenml-bundle.yaml`. Described in SPEC.md. */
export const requestSchema = z.strictObject({
  scenario: scenarioSchema.optional().describe('Default: self-hosted.'),
  source: z.enum(['gcp', 'aws']).optional().describe('Where the private images come from. Default: gcp.'),
  versions: z.strictObject({
    controlPlane: versionSchema.optional().describe('REQUIRED in the self-hosted scenario.'),
    workspaceServer: z.union([versionSchema, z.array(versionSchema).min(1).max(100)]),
  }),
  client: z
    .strictObject({ python: z.array(z.string().regex(/^\d+\.\d+$/)).max(20) })
    .optional()
    .describe('Python variants of the client image, besides zenml:VERSION.'),
  platforms: z
    .array(text)
    .min(1)
    .max(100)
    .optional()
    .describe('OS/ARCHITECTURE[/VARIANT] of the images to carry. Default: all that upstream has.'),
  referrers: z.enum(['all', 'none']).optional(),
  charts: z.array(text).max(100).optional().describe('Default: those of the scenario. [] where Helm is not used.'),
  images: z.array(requestedImageSchema).max(10_000).optional(),
  allowMissing: z
    .array(z.strictObject({ image: text, reason: lineSchema(1000) }))
    .max(10_000)
    .optional(),
  registry: z
    .union([
      text,
      z.strictObject({ images: text, charts: text.optional() }),
      z
        .array(z.union([text, z.strictObject({ images: text, charts: text.optional() })]))
        .min(1)
        .max(100),
    ])
    .optional()
    .describe('The internal registry, or a list of sites; the loader’s --to overrides.'),
  mirrors: z.record(text, text).optional().describe('Pull from there instead of from the key’s host (or host/path).'),
  signing: z.strictObject({ key: text }).optional(),
});

export type Request = z.infer<typeof requestSchema>;
export type RequestedImage = z.infer<typeof requestedImageSchema>;
