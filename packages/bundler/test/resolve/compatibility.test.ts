import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Artifact } from '@zenml-airgap/bundle-spec';
import { compatibilityOf } from '../../src/resolve/compatibility.ts';

function image(name: string, tag: string, created: string | null): Artifact {
  const root = { mediaType: 'x/y', digest: `sha256:${'0'.repeat(64)}` as const, size: 1 };
  return { kind: 'image', source: `a.example/${name}:${tag}`, name, tag, root, platforms: [], referrers: [], created };
}

function verdicts(controlPlane: string | null, ...workspaces: (string | null)[]): string[] {
  return compatibilityOf({
    versions: { controlPlane: '0.13.0', workspaceServer: workspaces.map((_, index) => `0.9${index}.0`) },
    artifacts: [
      image('zenml-pro-api', '0.13.0', controlPlane),
      ...workspaces.map((created, index) => image('zenml-pro-server', `0.9${index}.0`, created)),
    ],
  }).map(({ verdict }) => verdict);
}

test('a control plane is compatible with workspaces of its day and before, whatever the version numbers', () => {
  assert.deepEqual(verdicts('2026-01-30T09:00:00Z', '2026-01-29T12:00:00Z', '2026-01-30T23:00:00Z', '2026-01-31T00:00:00Z'), [
    'compatible',
    'compatible',
    'control plane older',
  ]);
});

test('a date that is missing, or that of a reproducible build, says nothing', () => {
  assert.deepEqual(verdicts('1970-01-01T00:00:00Z', '2026-01-29T12:00:00Z'), ['unknown']);
  assert.deepEqual(verdicts('2026-01-30T09:00:00Z', null), ['unknown']);
});

test('without a control plane there is nothing to compare', () => {
  assert.deepEqual(compatibilityOf({ versions: { controlPlane: null, workspaceServer: ['0.93.2'] }, artifacts: [] }), []);
});
