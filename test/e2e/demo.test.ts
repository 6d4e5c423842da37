import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { chmod, cp, mkdir, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { mustRun, runProgram } from '../fixtures/run-program.ts';
import { listens } from '../real/rig/docker-registry.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What git ignores, node_modules aside: a fresh clone lacks it. */
const NOT_CLONED = new Set(['.git', '.demo', 'dist', 'bench-results']);
const NOBODY = 65534;

const REFERENCES = [
  'zenml/charts/zenml-pro:0.13.0',
  'zenml/charts/zenml:0.93.2',
  'zenml/zenml-pro-api:0.13.0',
  'zenml/zenml-pro-dashboard:0.13.0',
  'zenml/zenml-pro-server:0.93.2',
  'zenml/zenml:0.93.2',
  'zenml/zenml:0.93.2-py3.11',
];

test('the demo works in a fresh checkout for an ordinary user, whatever is set up there, and leaves no server behind', {
  timeout: 600_000,
}, async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'zenml-airgap-demo-'));
  const [checkout, home] = [join(folder.path, 'checkout'), join(folder.path, 'home')];
  await cp(ROOT, checkout, {
    recursive: true,
    verbatimSymlinks: true, // node_modules links to the workspaces: to those of the copy
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => !NOT_CLONED.has(basename(path)) || path.includes('/node_modules/'),
  });
  // Logins, a proxy and keys that would break it, if it let them.
  await mkdir(join(home, '.docker'), { recursive: true });
  await writeFile(join(home, '.docker/config.json'), 'not JSON');
  const unprivileged = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if ('uid' in unprivileged) {
    await chmod(folder.path, 0o755);
    await mustRun('chown', ['-R', `${NOBODY}:${NOBODY}`, folder.path]);
  }
  const nobodyListens = 'http://127.0.0.1:1';
  const { code, stdout, stderr } = await runProgram('bash', ['-c', 'exec ./scripts/demo <&-'], {
    ...unprivileged,
    cwd: checkout,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      DOCKER_CONFIG: join(home, '.docker'),
      REGISTRY_AUTH_FILE: join(home, '.docker/config.json'),
      DOCKER_AUTH_CONFIG: 'not JSON',
      REGISTRY_USERNAME: 'somebody',
      REGISTRY_PASSWORD: 'something',
      ZENML_BUNDLE_PASSPHRASE: 'short',
      SOURCE_DATE_EPOCH: 'yesterday',
      HTTP_PROXY: nobodyListens,
      http_proxy: nobodyListens,
      HTTPS_PROXY: nobodyListens,
    },
    timeoutMs: 600_000,
  });
  const output = stdout + stderr;
  assert.equal(code, 0, output);

  const internal = (await readFile(join(checkout, '.demo/internal.host'), 'utf8')).trim();
  const upstream = (await readFile(join(checkout, '.demo/upstream.host'), 'utf8')).trim();
  const catalogue = stdout.slice(stdout.indexOf('scripts/show-catalogue.ts'));
  const listed = catalogue.split('\n').filter((line) => line.startsWith(`${internal}/`));
  assert.deepEqual(
    listed.sort(),
    REFERENCES.map((reference) => `${internal}/${reference}`),
  );

  assert.ok((await stat(join(checkout, '.demo/inside/zenml-pro.tar'))).size > 50e6);
  await stat(join(checkout, '.demo/inside/deploy/INSTALL.md'));
  const receipt = /^The receipt: +(\S+)$/m.exec(stdout)?.[1] ?? assert.fail(output);
  assert.match(await readFile(join(checkout, receipt), 'utf8'), /"event":"end"/);

  assert.ok(!output.includes('\u001b'), 'colours without a terminal');
  assert.doesNotMatch(output, /npm notice/);
  for (const host of [internal, upstream]) {
    assert.equal(await listens(Number(host.split(':')[1])), false, `${host} still answers`);
  }
});
