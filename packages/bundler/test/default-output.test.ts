import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultOutput } from '../src/default-output.ts';

const name = (controlPlane: string | null, ...workspaceServer: string[]): string =>
  defaultOutput({ versions: { controlPlane, workspaceServer } });

test('a bundle is named after its versions', () => {
  assert.equal(name('0.13.0', '0.93.2'), 'zenml-pro-0.13.0-0.93.2.tar');
  assert.equal(name('0.13.0', '0.93.2', '0.94.0', '0.95.0'), 'zenml-pro-0.13.0-0.93.2-0.94.0-0.95.0.tar');
  assert.equal(name(null, '0.93.2'), 'zenml-workspace-0.93.2.tar');
  assert.equal(name(null, '0.93.2', '0.94.0', '0.95.0', '0.96.0'), 'zenml-workspace-0.93.2-and-3-more.tar');
});
