import * as z from 'zod';
import {
  canonicalReferenceSchema,
  destinationSchema,
  digestSchema,
  instantSchema,
  kindSchema,
  lineSchema,
} from './primitives.ts';

// A receipt is a file of JSON lines: one `start`, one `tagged` for each reference, appended and synced as it
// happens, one `end`. A load that was killed leaves a receipt without `end` that lists what it had moved.

const receiptStartSchema = z.strictObject({
  event: z.literal('start'),
  receiptVersion: z.literal(1),
  time: instantSchema,
  operator: lineSchema(256).describe('user@host'),
  tool: lineSchema(128),
  bundle: z.strictObject({
    digest: digestSchema.describe('Of the exact bytes of bundle-manifest.json.'),
    created: instantSchema,
    signedBy: lineSchema(256).nullable().describe('Key hint; null where an unsigned bundle was allowed.'),
  }),
  destination: destinationSchema,
});

const receiptTaggedSchema = z
  .strictObject({
    event: z.literal('tagged'),
    time: instantSchema,
    kind: kindSchema,
    source: canonicalReferenceSchema,
    destination: canonicalReferenceSchema,
    digest: digestSchema
      .nullable()
      .describe('What is at the destination now. Null only where skipped, and a policy hides what is there.'),
    outcome: z.enum(['tagged', 'moved', 'unchanged', 'withheld', 'skipped']),
    policy: lineSchema(1000).optional().describe('Where a policy hides what is there: what the registry said.'),
  })
  .refine(({ digest, outcome }) => digest !== null || outcome === 'skipped', {
    path: ['digest'],
    error: 'may be null only where the outcome is skipped',
  });

const receiptEndSchema = z.strictObject({
  event: z.literal('end'),
  time: instantSchema,
  uploadedBytes: z.int().min(0),
  uploadedBlobs: z.int().min(0),
  mountedBlobs: z.int().min(0),
  skippedBlobs: z.int().min(0),
});

/** One line of a receipt. Described in SPEC.md. */
export const receiptEntrySchema = z.discriminatedUnion('event', [receiptStartSchema, receiptTaggedSchema, receiptEndSchema]);

export type ReceiptEntry = z.infer<typeof receiptEntrySchema>;
