import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalsOf } from './fixtures/globals-of.ts';

for (const planted of [
  'export const windows = process.platform === "win32";',
  'process.on("exit", () => {});',
  'process.once("SIGINT", stop); declare const stop: () => void;',
  'export const alive = (pid: number) => process.kill(pid, 0);',
  'export const here = process.cwd();',
  'process.exitCode = 1;',
  'export const own = process.pid;',
  'export const { env, argv: args } = process;',
  'export const variables = process["env"];',
  'export const all = [process];',
  'export const optional = process?.env;',
  `export const text = \`\${process.env.HOME}/x\`;`,
  'export const home = globalThis.process.env.HOME;',
  'import process from "node:process"; export const home = process.env.HOME;',
  "import { env } from 'process'; export const home = env.HOME;",
  "export { env } from 'node:process';",
  "export const later = import('node:process');",
  'export const twice = (process: string) => process; export const once = process.env;',
]) {
  test(`is caught: ${planted}`, () => assert.deepEqual(globalsOf(planted), ['process']));
}

test('is caught: printing', () => {
  assert.deepEqual(globalsOf('console.log("hello"); const { error } = console; error(1);'), ['console']);
});

for (const innocent of [
  '// process.env is the business of cli/\nexport const a = 1; /* process.exit(1) */',
  '/** Ends the process: `process.exit` */\nexport const a = 1;',
  'export const text = "process.env"; export const other = `process.exit`;',
  "export const pattern = /['\"]/; export const text = 'process.env';",
  'export function run(process: { env: string }): string { return process.env; }',
  'export const job = { process: 1 }; export const done = job.process;',
  'export type Environment = NodeJS.ProcessEnv; export type Host = typeof process;',
  "import type { ProcessEnv } from 'node:process'; export type Environment = ProcessEnv;",
  "import { spawn } from 'node:child_process'; export const start = spawn;",
  'export const processes = [1]; export const preprocess = (consoles: number) => consoles;',
]) {
  test(`is left alone: ${JSON.stringify(innocent)}`, () => assert.deepEqual(globalsOf(innocent), []));
}
