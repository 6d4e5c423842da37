import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What a bundler takes in for `source`. */
async function bundled(source: string): Promise<{ inputs: string[]; bytes: number }> {
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  const options = { bundle: true, write: false, metafile: true, minify: true, platform: 'node', format: 'esm' } as const;
  const conditions = ['@zenml-airgap/source'];
  const { metafile, outputFiles } = await build({ ...options, conditions, stdin: { contents: source, resolveDir } });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  return { inputs, bytes: outputFiles[0]?.contents.length ?? 0 };
}

const packageOf = (path: string): string => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1] ?? 'ours';

test('verifying loads neither the YAML parser nor semver', async () => {
  const { inputs } = await bundled(`export * from '@zenml-airgap/bundle-spec'`);
  assert.ok(inputs.some((path) => path.includes('parse-bundle-manifest')));
  const packages = new Set(inputs.map(packageOf));
  assert.ok(packages.has('zod'));
  assert.ok(!packages.has('yaml') && !packages.has('semver'), [...packages].join(' '));
});

test('reading a manifest takes zod along without its languages', async () => {
  const { inputs, bytes } = await bundled(`export { parseBundleManifest } from '@zenml-airgap/bundle-spec'`);
  assert.deepEqual(
    inputs.filter((path) => /\/locales\/(?!en\.)/.test(path)),
    [],
  );
  assert.ok(bytes < 200_000, `${bytes} bytes`);
});
