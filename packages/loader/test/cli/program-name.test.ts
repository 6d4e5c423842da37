import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programName } from '../../src/cli/program-name.ts';

for (const [node, script, expected] of [
  ['node', '/usr/local/bin/zenml-loader', 'zenml-loader'],
  ['node', '/media/usb/zenml-loader.mjs', 'node zenml-loader.mjs'],
  ['node', '/media/usb/tools/zenml-loader.mjs', 'node tools/zenml-loader.mjs'],
  ['node', '/opt/zenml-loader.mjs', 'node /opt/zenml-loader.mjs'],
  ['./node-v24.15.0/bin/node', '/media/usb/my tools/zenml-loader.mjs', "./node-v24.15.0/bin/node 'my tools/zenml-loader.mjs'"],
] as const) {
  test(`started as ${node} ${script}, it is typed again as ${expected}`, () => {
    assert.equal(programName({ node, script, workingFolder: '/media/usb' }), expected);
  });
}
