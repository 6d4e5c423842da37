import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ERROR_CATALOGUE, parseReceipt } from '@zenml-airgap/bundle-spec';
import { parseRequest } from '@zenml-airgap/bundle-spec/request';
import { artifactSchema, blobSchema, bundleFileSchema, bundleManifestSchema } from '../src/schemas/bundle-manifest.ts';
import { chartImageSchema, examinedChartSchema, lockSchema } from '../src/schemas/lock.ts';
import { destinationSchema, missingImageSchema } from '../src/schemas/primitives.ts';
import { receiptEntrySchema } from '../src/schemas/receipt.ts';
import { requestSchema } from '../src/schemas/request.ts';

const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');
const vector = (path: string) => JSON.parse(readFileSync(new URL(`../vectors/1.0/sample/${path}`, import.meta.url), 'utf8'));
const sample = vector('bundle-manifest.json');

/** What each kind of example must be: right by its schema, and one that really occurs in the vector. */
const CHECKS: Record<string, (text: string) => void> = {
  destination: (text) => occurs(destinationSchema.parse(JSON.parse(text)), sample.registries),
  artifact: (text) => occurs(artifactSchema.parse(JSON.parse(text)), sample.artifacts),
  blob: (text) => occurs(blobSchema.parse(JSON.parse(text)), sample.blobs),
  file: (text) => occurs(bundleFileSchema.parse(JSON.parse(text)), sample.files),
  missing: (text) => occurs(missingImageSchema.parse(JSON.parse(text)), sample.missing),
  'index-entry': (text) => occurs(JSON.parse(text), vector('index.json').manifests),
  'docker-entry': (text) => occurs(JSON.parse(text), vector('manifest.json')),
  'chart-image': (text) => void chartImageSchema.parse(JSON.parse(text)),
  // bundle-file's tests hold the form of a real signature; here only that it is JSON.
  signature: (text) => void JSON.parse(text),
  request: (text) => void parseRequest(text, { file: 'SPEC.md' }),
  receipt: (text) =>
    assert.deepEqual(
      parseReceipt(text).map(({ event }) => event),
      ['start', 'tagged', 'end'],
    ),
};

function occurs(example: unknown, list: unknown[]): void {
  assert.ok(
    list.some((entry) => JSON.stringify(entry) === JSON.stringify(example)),
    'is not in the vector',
  );
}

const examples = [...spec.matchAll(/(?:<!-- schema: ([\w-]+) -->\n)?```(json|jsonl|yaml)\n([\s\S]*?\n)```/g)];

test('SPEC.md has an example of everything', () => {
  assert.deepEqual([...new Set(examples.map(([, kind]) => kind))].sort(), Object.keys(CHECKS).sort());
});

for (const [, kind = '', , text = ''] of examples) {
  test(`SPEC.md’s example of ${kind}, line ${spec.slice(0, spec.indexOf(text)).split('\n').length}, is right`, () => {
    const check = CHECKS[kind];
    assert.ok(check, 'has no check');
    check(text);
  });
}

test('SPEC.md describes every property of every schema', () => {
  const described = new Set([...spec.matchAll(/\*\*([\w.]+)\*\*/g)].map(([, name]) => name));
  const schemas = [
    bundleManifestSchema,
    artifactSchema,
    blobSchema,
    bundleFileSchema,
    missingImageSchema,
    destinationSchema,
    lockSchema,
    chartImageSchema,
    examinedChartSchema,
    requestSchema,
    ...receiptEntrySchema.options,
    ...receiptEntrySchema.options.flatMap(({ shape }) => ('bundle' in shape ? [shape.bundle] : [])),
  ];
  for (const key of schemas.flatMap((schema) => Object.keys(schema.shape))) assert.ok(described.has(key), key);
});

test('SPEC.md names only codes that exist', () => {
  const codes = [...spec.matchAll(/\(`([A-Z]+(?:_[A-Z]+)+)`\)/g)].map(([, code]) => code ?? '');
  assert.ok(codes.length > 5);
  for (const code of codes) assert.ok(Object.hasOwn(ERROR_CATALOGUE, code), code);
});

test('links inside SPEC.md lead to a heading', () => {
  const headings = [...spec.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, target = ''] of spec.matchAll(/\]\(#([\w-]+)\)/g)) assert.ok(headings.includes(target), target);
});
