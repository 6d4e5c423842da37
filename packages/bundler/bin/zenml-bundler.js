#!/usr/bin/env node
// Old syntax on purpose: this file must still run on the Node that it refuses.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 24 || (version[0] === 24 && version[1] < 15)) {
  process.stderr.write(
    'zenml-bundler needs Node 24.15 or later; this is Node ' +
      process.versions.node +
      '.\n' +
      'Remedy: in the checkout, "npm ci" installs the right one as node_modules/.bin/node; put that folder first on PATH.\n',
  );
  process.exit(2);
}
import('../dist/zenml-bundler.mjs').catch(function (error) {
  process.stderr.write(String((error && error.stack) || error) + '\n');
  process.exit(1);
});
