import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundleManifestSchema, ERROR_CATALOGUE } from '@zenml-airgap/bundle-spec';
import { generatedFiles } from '../../scripts/generate/generated-files.ts';

for (const { path, content } of generatedFiles()) {
  test(`${path} is up to date (npm run generate)`, () => {
    assert.equal(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), content);
  });
}

test('ERRORS.md has every code', () => {
  const page = generatedFiles().find(({ path }) => path.endsWith('ERRORS.md'))?.content ?? '';
  for (const code of Object.keys(ERROR_CATALOGUE)) assert.equal(page.split(`| \`${code}\` |`).length, 2, code);
});

test('the JSON Schemas allow no unknown keys, and require what zod requires', () => {
  const text = generatedFiles().find(({ path }) => path.includes('bundle-manifest'))?.content ?? '{}';
  const schema = JSON.parse(text);
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, Object.keys(bundleManifestSchema.shape));
});
