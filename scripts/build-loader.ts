import { appendFile, chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';

// Builds `zenml-loader.mjs`: the loader in one file, carried along with a bundle. It runs from anywhere with nothing but Node.

const ROOT = join(import.meta.dirname, '..');
const OUTPUT = process.argv[2] ?? join(ROOT, 'packages/loader/dist/zenml-loader.mjs');

/** The loader is read by security teams and carried on media: what does not belong there stops the build. */
const FORBIDDEN = /node_modules\/(?:dockerode|ssh2|google-auth-library|@aws-sdk\/|@azure\/)/;

// An old Node must get as far as the check: everything behind it is CommonJS, for imports are resolved before any code runs.
const BANNER = `#!/usr/bin/env node
import { createRequire } from 'node:module';
const version = process.versions.node.split('.').map(Number);
if (version[0] < 24 || (version[0] === 24 && version[1] < 15)) {
  process.stderr.write(
    'zenml-loader needs Node 24.15 or later; this is Node ' + process.versions.node + '.\\n' +
      'Remedy: carry a current Node along, unpack it anywhere, and run: node-v24.../bin/node zenml-loader.mjs\\n',
  );
  process.exit(2);
}
(function (require, module, importMetaUrl) {
const exports = module.exports;
`;
const FOOTER = '})(createRequire(import.meta.url), { exports: {} }, import.meta.url);';

const { metafile } = await build({
  entryPoints: [join(ROOT, 'packages/loader/src/cli/main.ts')],
  outfile: OUTPUT,
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // Syntax that the Node which is refused can parse.
  target: 'node18',
  conditions: ['@zenml-airgap/source'],
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: BANNER },
  footer: { js: FOOTER },
  legalComments: 'inline',
  metafile: true,
  logLevel: 'warning',
});

const inputs = Object.keys(metafile.inputs);
const forbidden = inputs.filter((path) => FORBIDDEN.test(path));
if (forbidden.length > 0) throw new Error(`the loader must not carry ${forbidden.join(', ')}`);
await appendFile(OUTPUT, await licences(metafile));
await chmod(OUTPUT, 0o755);
const { size } = await stat(OUTPUT);
process.stdout.write(`${relative(process.cwd(), OUTPUT)}: ${Math.round(size / 1000)} kB from ${inputs.length} files\n`);

/** The licence of everything that is inside, as those licences ask. */
async function licences({ inputs: files }: Metafile): Promise<string> {
  const folders = new Set(Object.keys(files).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = await Promise.all([...folders].sort().map((folder) => licence(join(ROOT, folder))));
  return `\n/*!\nThis file contains:\n\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/\n`;
}

async function licence(folder: string): Promise<string> {
  const { name, version, license }: { name: string; version: string; license?: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined && license === undefined) throw new Error(`${name} has no licence`);
  const text = file === undefined ? '' : `\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
  return `== ${name} ${version} (${license ?? 'see below'})${text}`;
}
