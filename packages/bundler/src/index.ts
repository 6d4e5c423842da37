// The program as a function: all that another package may want of it. What it is made of is its own.
export { type BundlerProcess, runBundler } from './cli/run-bundler.ts';
