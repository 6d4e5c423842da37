import { bundleManifestSchema, lockSchema, receiptEntrySchema, requestSchema } from '@zenml-airgap/bundle-spec';
import * as z from 'zod';
import type { GeneratedFile } from './generated-files.ts';

const SCHEMAS = [
  { name: 'request', title: 'zenml-bundle.yaml: what is wanted in a bundle', schema: requestSchema },
  { name: 'lock', title: 'zenml-bundle.lock.json: what a request was resolved to', schema: lockSchema },
  { name: 'bundle-manifest', title: 'bundle-manifest.json: all that a bundle holds', schema: bundleManifestSchema },
  { name: 'receipt-entry', title: 'One line of the receipt of a load', schema: receiptEntrySchema },
] as const;

/** JSON Schemas, draft 2020-12: what a schema can say; SPEC.md has the rules between fields. */
export function jsonSchemas(): GeneratedFile[] {
  return SCHEMAS.map(({ name, title, schema }) => {
    const { $schema, ...rest } = z.toJSONSchema(schema);
    const document = { $schema, $id: `urn:zenml-airgap:schema:${name}:1.0`, title, ...rest };
    return { path: `bundle-spec/schema/${name}.schema.json`, content: `${JSON.stringify(document, null, 2)}\n` };
  });
}
