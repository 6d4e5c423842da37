import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { type BundlerRig, bundlerRig, mirrorsTo } from '../fixtures/bundler-rig.ts';

const REQUEST = `versions: { controlPlane: 0.13.0, workspaceServer: 0.93.2 }
allowMissing: [{ image: busybox, reason: only helm test runs it }]`;

const RIGHT = { username: 'robot', password: 'right' };
const STALE = { username: 'robot', password: 'stale' };

/** What docker login has stored, at some time, for a host or for a path below it. */
async function signedIn({ path }: BundlerRig, accounts: Record<string, { username: string; password: string }>): Promise<void> {
  const auths = Object.entries(accounts).map(([place, { username, password }]) => [
    place,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  await mkdir(path('.docker'));
  await writeFile(path('.docker/config.json'), JSON.stringify({ auths: Object.fromEntries(auths) }));
}

test('credentials for the mirrored path are used, whatever an old entry for its host says', async () => {
  await using rig = await bundlerRig({ basicAuth: RIGHT });
  const paths = Object.values(mirrorsTo(rig.upstream.host)).map((path) => [path, RIGHT]);
  await signedIn(rig, { [rig.upstream.host]: STALE, ...Object.fromEntries(paths) });
  const { code, err } = await rig.run('resolve', '-f', await rig.request(REQUEST));
  assert.equal(code, 0, err);
});

test('a credential for the private images’ path that is refused ends it after one try', async () => {
  await using rig = await bundlerRig({ basicAuth: RIGHT });
  const place = mirrorsTo(rig.upstream.host)['europe-west3-docker.pkg.dev'] ?? '';
  await signedIn(rig, { [rig.upstream.host]: RIGHT, [place]: STALE });
  const before = rig.upstream.log.length;
  const { code, err } = await rig.run('resolve', '-f', await rig.request(REQUEST));
  assert.equal(code, 4, err);
  assert.match(err, /error UNAUTHORIZED: /);
  assert.ok(rig.upstream.log.length - before <= 2, 'it was tried more often than once');
});
