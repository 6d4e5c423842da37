import { readFileSync } from 'node:fs';

// node scripts/judge-tests.ts NAME=FILE…: adds up what count-tests.ts wrote and says what is wrong with it. A test that was
// skipped is fine on a laptop; in CI it is a failure, as is a suite that found no test.

const strict = process.env.CI === 'true';
let failures = 0;
for (const argument of process.argv.slice(2)) {
  const [name = '', file = ''] = argument.split('=');
  const counts = readCounts(file);
  const { tests = 0, passed = 0, failed = 0, cancelled = 0, skipped = 0, todo = 0 } = counts;
  process.stdout.write(
    `${name.padEnd(8)} ${tests} tests, ${passed} passed, ${failed + cancelled} failed, ${skipped} skipped, ${todo} todo\n`,
  );
  if (failed + cancelled > 0) failures += fail(`${name}: ${failed + cancelled} tests failed`);
  if (passed === 0) failures += fail(`${name}: no test passed`);
  if (strict && skipped + todo > 0) failures += fail(`${name}: ${skipped + todo} tests were skipped, which CI does not accept`);
}
if (process.argv.length === 2) failures += fail('no tests were run');
process.exitCode = failures > 0 ? 1 : 0;

function readCounts(file: string): Record<string, number> {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return JSON.parse(lines.at(-1) ?? '{}') as Record<string, number>;
  } catch {
    return {};
  }
}

function fail(message: string): number {
  process.stdout.write(`FAILED: ${message}\n`);
  return 1;
}
