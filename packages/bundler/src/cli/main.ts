import { runBundler } from './run-bundler.ts';

// No top-level await: the one-file build wraps this module in a function.
void runBundler(process.argv.slice(2), { host: process, env: process.env }).then((exitCode) => {
  process.exitCode = exitCode;
});
