import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ProgramResult } from '../fixtures/run-program.ts';
import { mustRun } from '../fixtures/run-program.ts';
import { writes } from './rig/access-log.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { bundleRequest } from './rig/bundle-request.ts';
import { freePort } from './rig/free-port.ts';
import { loginEnvironment, startInternalRegistry } from './rig/internal-registry.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { sharedBundle } from './rig/shared-bundle.ts';
import { serveUpstream, upstreamRelease } from './rig/upstream-release.ts';

interface Refusal {
  readonly code: string;
  readonly exitCode: number;
  /** What the message has to name: the place, the value, the way out. */
  readonly says: readonly RegExp[];
}

function assertRefused(result: ProgramResult, { code, exitCode, says }: Refusal): void {
  const { stderr } = result;
  assert.ok(stderr.includes(code), `no ${code} in:\n${stderr}`);
  for (const pattern of says) assert.match(stderr, pattern);
  assert.match(stderr, /remedy/i, 'no remedy');
  assert.doesNotMatch(stderr, /\n\s+at .*:\d+:\d+/, 'a stack trace was printed');
  assert.equal(result.code, exitCode, stderr);
}

test('a build that cannot succeed says why and leaves nothing but its lock', { timeout: 300_000 }, async (t) => {
  const release = await upstreamRelease();
  await using folder = await temporaryFolder('bad-build');
  const path = (name: string): string => join(folder.path, name);
  await using upstream = await serveUpstream(release, folder.path);
  const cli = await airgapCli(path('home'), [release.login.password, 'not-the-password']);
  await cli.mustRun('zenml-bundler', ['keygen', path('airgap'), '--no-passphrase']);
  const good = { mirrorHost: upstream.host, key: path('airgap.key') };
  const login = loginEnvironment(release.login);
  let works = 0;

  const build = async (request: string, options: { ca?: string | undefined; env?: NodeJS.ProcessEnv; before?: string } = {}) => {
    works += 1;
    const work = path(`work-${works}`);
    await mkdir(work);
    await writeFile(join(work, 'zenml-bundle.yaml'), request);
    if (options.before !== undefined) await writeFile(join(work, 'zenml-pro.tar'), options.before);
    const ca = 'ca' in options ? options.ca : release.caFile;
    const args = ['build', '-f', 'zenml-bundle.yaml', '-o', 'zenml-pro.tar', ...(ca === undefined ? [] : ['--ca-file', ca])];
    const result = await cli.run('zenml-bundler', args, { cwd: work, env: options.env ?? login });
    const left = (await readdir(work)).filter((name) => name !== 'zenml-bundle.yaml' && name !== 'zenml-bundle.lock.json');
    return { result, left, work };
  };

  await t.test('an unknown version; the nearest ones are named', async () => {
    const { result, left } = await build(bundleRequest({ ...good, workspaceServer: ['0.93.9'] }));
    assertRefused(result, { code: 'UNKNOWN_VERSION', exitCode: 3, says: [/0\.93\.9/, /0\.93\.2/, /0\.94\.2/] });
    assert.deepEqual(left, []);
  });

  await t.test('a wrong password', async () => {
    const env = loginEnvironment({ username: release.login.username, password: 'not-the-password' });
    const { result, left } = await build(bundleRequest(good), { env });
    assertRefused(result, { code: 'UNAUTHORIZED', exitCode: 4, says: [new RegExp(upstream.host)] });
    assert.deepEqual(left, []);
  });

  await t.test('a certificate that no known authority signed', async () => {
    const { result, left } = await build(bundleRequest(good), { ca: undefined });
    assertRefused(result, { code: 'CERTIFICATE_UNTRUSTED', exitCode: 5, says: [new RegExp(upstream.host), /--ca-file/] });
    assert.deepEqual(left, []);
  });

  await t.test('invalid YAML, with line and column', async () => {
    const { result, left } = await build('scenario: self-hosted\nversions: [\n  controlPlane: {\n');
    assertRefused(result, { code: 'INVALID_YAML', exitCode: 3, says: [/zenml-bundle\.yaml:\d+:\d+/] });
    assert.deepEqual(left, []);
  });

  await t.test('a key that the request does not have; the one probably meant is named', async () => {
    const { result, left } = await build(bundleRequest(good).replace('workspaceServer', 'workspaceServers'));
    const says = [/zenml-bundle\.yaml:5:3/, /workspaceServers/, /workspaceServer\b/];
    assertRefused(result, { code: 'INVALID_REQUEST', exitCode: 3, says });
    assert.deepEqual(left, []);
  });

  await t.test('an output that exists, which stays as it was', async () => {
    const { result, left, work } = await build(bundleRequest(good), { before: 'mine' });
    assertRefused(result, { code: 'OUTPUT_EXISTS', exitCode: 8, says: [/zenml-pro\.tar/] });
    assert.deepEqual(left, ['zenml-pro.tar']);
    assert.equal(await readFile(join(work, 'zenml-pro.tar'), 'utf8'), 'mine');
  });

  await t.test('a host without a port open', async () => {
    const mirrorHost = `127.0.0.1:${await freePort()}`;
    const { result, left } = await build(bundleRequest({ ...good, mirrorHost }));
    assertRefused(result, { code: 'CONNECTION_FAILED', exitCode: 5, says: [new RegExp(mirrorHost)] });
    assert.deepEqual(left, []);
  });

  await t.test('a registry that went down', async () => {
    await upstream.stop();
    const { result, left } = await build(bundleRequest(good));
    assertRefused(result, { code: 'CONNECTION_FAILED', exitCode: 5, says: [new RegExp(upstream.host)] });
    assert.deepEqual(left, []);
  });
});

test('a load that cannot succeed says why and pushes nothing', { timeout: 300_000 }, async (t) => {
  const { tar, publicKey, release } = await sharedBundle();
  await using folder = await temporaryFolder('bad-load');
  await using internal = await startInternalRegistry(folder.path);
  const { host } = internal.registry;
  const cli = await airgapCli(join(folder.path, 'home'), [internal.login.password, 'not-the-password']);
  const load = (options: { to?: string; ca?: string; env?: NodeJS.ProcessEnv } = {}): Promise<ProgramResult> => {
    const { to = internal.prefix, ca = internal.authority.caFile, env = internal.env } = options;
    return cli.run('zenml-loader', ['load', tar, '--key', publicKey, '--to', to, '--ca-file', ca], { env });
  };

  await t.test('a wrong password', async () => {
    const env = loginEnvironment({ username: internal.login.username, password: 'not-the-password' });
    assertRefused(await load({ env }), { code: 'UNAUTHORIZED', exitCode: 4, says: [new RegExp(host)] });
  });

  await t.test('a certificate that another authority signed', async () => {
    const refusal = { code: 'CERTIFICATE_UNTRUSTED', exitCode: 5, says: [new RegExp(host), /--ca-file/] };
    assertRefused(await load({ ca: release.caFile }), refusal);
  });

  await t.test('a host without a port open', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    assertRefused(await load({ to: `${nobody}/zenml` }), { code: 'CONNECTION_FAILED', exitCode: 5, says: [new RegExp(nobody)] });
  });

  await t.test('a tag at the destination that has another digest', async () => {
    const config = join(folder.path, 'docker-config');
    const oras = { cwd: folder.path, env: { ...process.env, DOCKER_CONFIG: config } };
    const ca = ['--ca-file', internal.authority.caFile];
    const { username, password } = internal.login;
    await mustRun('oras', ['login', host, ...ca, '--username', username, '--password-stdin'], { ...oras, input: password });
    await writeFile(join(folder.path, 'other'), 'something else');
    await mustRun('oras', ['push', ...ca, `${internal.prefix}/zenml-pro-api:0.13.0`, 'other'], oras);
    const before = writes(await internal.registry.requests()).length;
    assertRefused(await load(), { code: 'CONFLICT', exitCode: 8, says: [/zenml-pro-api:0\.13\.0/, /--on-conflict/] });
    assert.deepEqual(writes(await internal.registry.requests()).slice(before), []);
  });

  await t.test('a registry that went down', async () => {
    await internal.registry.stop();
    assertRefused(await load(), { code: 'CONNECTION_FAILED', exitCode: 5, says: [new RegExp(host)] });
  });
});
