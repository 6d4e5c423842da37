import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { globalsOf } from './fixtures/globals-of.ts';

// TypeScript 7 has no compiler API and dependency-cruiser reads nothing under it: imports are found by their text.

const ROOT = join(import.meta.dirname, '..');

interface House {
  readonly folder: string;
  /** Workspace packages that its src/ may import. */
  readonly mayImport: readonly string[];
}

const HOUSES: Record<string, House> = {
  'oras-js': { folder: 'packages/oras-js', mayImport: [] },
  '@zenml-airgap/bundle-spec': { folder: 'bundle-spec', mayImport: ['oras-js'] },
  '@zenml-airgap/bundle-file': { folder: 'packages/bundle-file', mayImport: ['oras-js', '@zenml-airgap/bundle-spec'] },
  '@zenml-airgap/helm-chart': { folder: 'packages/helm-chart', mayImport: ['oras-js', '@zenml-airgap/bundle-spec'] },
  '@zenml-airgap/registry-server': { folder: 'packages/registry-server', mayImport: ['oras-js'] },
  '@zenml-airgap/cloud-credentials': { folder: 'packages/cloud-credentials', mayImport: ['oras-js'] },
  '@zenml-airgap/image-sources': { folder: 'packages/image-sources', mayImport: ['oras-js'] },
  '@zenml-airgap/terminal': { folder: 'packages/terminal', mayImport: ['oras-js'] },
  '@zenml-airgap/bundler': {
    folder: 'packages/bundler',
    mayImport: [
      'oras-js',
      '@zenml-airgap/bundle-spec',
      '@zenml-airgap/bundle-file',
      '@zenml-airgap/helm-chart',
      '@zenml-airgap/cloud-credentials',
      '@zenml-airgap/image-sources',
      '@zenml-airgap/terminal',
    ],
  },
  '@zenml-airgap/loader': {
    folder: 'packages/loader',
    mayImport: [
      'oras-js',
      '@zenml-airgap/bundle-spec',
      '@zenml-airgap/bundle-file',
      '@zenml-airgap/helm-chart',
      '@zenml-airgap/cloud-credentials',
      '@zenml-airgap/terminal',
    ],
  },
};

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"\n]+)['"]/g;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourcesOf(folder: string): Source[] {
  return readdirSync(join(ROOT, folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8');
      return { path: relative(ROOT, path), text, imports: [...text.matchAll(IMPORT)].map((match) => match[1] ?? '') };
    });
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

const isNode = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier);

for (const [name, { folder, mayImport }] of Object.entries(HOUSES)) {
  const sources = sourcesOf(folder);
  const declared: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
  );

  test(`${name} imports only what its arrow allows`, () => {
    const seen = sources.flatMap((source) => source.imports.map((specifier) => ({ path: source.path, specifier })));
    // A check that read nothing would pass for ever.
    assert.ok(sources.length >= 3, `${folder}/src has ${sources.length} files`);
    assert.ok(seen.length >= sources.length / 2, `only ${seen.length} imports found in ${sources.length} files`);
    const wrong = seen.filter(({ path, specifier }) => {
      if (isNode(specifier)) return false;
      if (specifier.startsWith('.')) return !join(path, '..', specifier).startsWith(join(folder, 'src'));
      const wanted = packageOf(specifier);
      return wanted in HOUSES ? !mayImport.includes(wanted) : !(wanted in (declared.dependencies ?? {}));
    });
    assert.deepEqual(wrong, []);
  });

  test(`${name} uses every dependency that it declares`, () => {
    const used = new Set(sources.flatMap((source) => source.imports.map(packageOf)));
    const unused = Object.keys(declared.dependencies ?? {}).filter((dependency) => !used.has(dependency));
    assert.deepEqual(unused, []);
  });
}

test('only the two cli folders import terminal, and nobody else touches the process or prints', () => {
  const offenders: string[] = [];
  for (const { folder } of Object.values(HOUSES)) {
    for (const { path, text, imports } of sourcesOf(folder)) {
      const isCli = path.includes('/src/cli/');
      if (isCli) continue;
      if (imports.some((specifier) => packageOf(specifier) === '@zenml-airgap/terminal'))
        offenders.push(`${path} imports terminal`);
      for (const name of globalsOf(text)) offenders.push(`${path} touches ${name}`);
    }
  }
  assert.deepEqual(offenders, []);
});

test('the house has no room that this test does not know', () => {
  const rooms = readdirSync(join(ROOT, 'packages')).map((name) => `packages/${name}`);
  assert.deepEqual(
    [...rooms, 'bundle-spec'].sort(),
    Object.values(HOUSES)
      .map((house) => house.folder)
      .sort(),
  );
});

test('no file is named for being a drawer', () => {
  const drawers = Object.values(HOUSES)
    .flatMap(({ folder }) => sourcesOf(folder))
    .map((source) => source.path)
    .filter((path) => /\/(?:utils?|helpers?|common|types|misc)\.ts$/.test(path));
  assert.deepEqual(drawers, []);
});
