// Writes what is generated from sources; with --check it only says what is out of date, and exits 1.
import { readFile, writeFile } from 'node:fs/promises';
import { generatedFiles } from './generate/generated-files.ts';

const root = new URL('..', import.meta.url);
const outdated: string[] = [];
for (const { path, content } of generatedFiles()) {
  const url = new URL(path, root);
  const current = await readFile(url, 'utf8').catch(() => undefined);
  if (current === content) continue;
  outdated.push(path);
  if (!process.argv.includes('--check')) await writeFile(url, content);
}
if (process.argv.includes('--check') && outdated.length > 0) {
  console.error(`out of date: ${outdated.join(', ')}\nRun: npm run generate`);
  process.exitCode = 1;
} else {
  console.log(outdated.length === 0 ? 'all generated files are up to date' : `written: ${outdated.join(', ')}`);
}
