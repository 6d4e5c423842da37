import { appendFile, chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';

// Builds each program into one file without node_modules: it starts in less than half the time, and the loader's is what is carried along
// with a bundle. Usage: build-programs.ts [zenml-bundler|zenml-loader [OUTPUT]]

const ROOT = join(import.meta.dirname, '..');

interface Program {
  readonly name: string;
  readonly folder: string;
  /** What an old Node is told. */
  readonly remedy: string;
  /** What does not belong inside stops the build. */
  readonly forbidden?: RegExp;
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'zenml-bundler',
    folder: 'packages/bundler',
    remedy: 'put node_modules/.bin of the checkout first on PATH: "npm ci" has installed the right Node there',
  },
  {
    name: 'zenml-loader',
    folder: 'packages/loader',
    remedy: 'carry a current Node along, unpack it anywhere, and run: node-v24.../bin/node zenml-loader.mjs',
    // It is read by security teams and carried on media.
    forbidden: /node_modules\/(?:dockerode|ssh2|google-auth-library|@aws-sdk\/|@azure\/)/,
  },
];

const [only, output] = process.argv.slice(2);
for (const program of PROGRAMS) {
  if (only !== undefined && only !== program.name) continue;
  await buildProgram(program, output ?? join(ROOT, program.folder, `dist/${program.name}.mjs`));
}

// An old Node must get as far as the check: everything behind it is CommonJS, for imports are resolved before any code runs.
function banner({ name, remedy }: Program): string {
  return `#!/usr/bin/env node
import { createRequire } from 'node:module';
const version = process.versions.node.split('.').map(Number);
if (version[0] < 24 || (version[0] === 24 && version[1] < 15)) {
  process.stderr.write(
    '${name} needs Node 24.15 or later; this is Node ' + process.versions.node + '.\\nRemedy: ${remedy}\\n',
  );
  process.exit(2);
}
(function (require, module, importMetaUrl) {
const exports = module.exports;
`;
}

async function buildProgram(program: Program, outfile: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(ROOT, program.folder, 'src/cli/main.ts')],
    outfile,
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Syntax that the Node which is refused can parse.
    target: 'node18',
    conditions: ['@zenml-airgap/source'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: banner(program) },
    footer: { js: '})(createRequire(import.meta.url), { exports: {} }, import.meta.url);' },
    legalComments: 'inline',
    metafile: true,
    logLevel: 'warning',
  });
  const inputs = Object.keys(metafile.inputs);
  const forbidden = inputs.filter((path) => program.forbidden?.test(path));
  if (forbidden.length > 0) throw new Error(`${program.name} must not carry ${forbidden.join(', ')}`);
  await appendFile(outfile, await licences(metafile));
  await chmod(outfile, 0o755);
  const { size } = await stat(outfile);
  process.stdout.write(`${relative(process.cwd(), outfile)}: ${Math.round(size / 1000)} kB from ${inputs.length} files\n`);
}

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
