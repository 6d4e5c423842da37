import { runBundler } from './run-bundler.ts';

process.exitCode = await runBundler(process.argv.slice(2), { host: process, env: process.env });
