import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Lock, type Request, requestHash } from '@zenml-airgap/bundle-spec';
import { type LockMode, settleLock } from '../../src/resolve/settle-lock.ts';

const REQUEST: Request = { versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' } };

function lockOf(request: Request, created: string): Lock {
  const digest = `sha256:${'0'.repeat(64)}` as const;
  return {
    lockVersion: 1,
    requestHash: requestHash(request),
    created,
    versions: { controlPlane: '0.13.0', workspaceServer: ['0.93.2'] },
    artifacts: [
      {
        kind: 'image',
        source: 'docker.io/zenmldocker/zenml:0.93.2',
        name: 'zenml',
        tag: '0.93.2',
        root: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 },
        platforms: [],
        referrers: [],
        created: null,
      },
    ],
    charts: [],
    chartImages: [],
  };
}

async function rig() {
  const folder = await mkdtemp(join(tmpdir(), 'settle-lock-'));
  const lockPath = join(folder, 'zenml-bundle.lock.json');
  let resolutions = 0;
  return {
    folder,
    lockPath,
    settle: (mode: LockMode, request = REQUEST) =>
      settleLock({
        request,
        lockPath,
        mode,
        resolve: async () => {
          resolutions += 1;
          return lockOf(request, `2026-11-25T12:00:0${resolutions}Z`);
        },
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test('a new lock is written beside the request, whole, and used from then on', async () => {
  await using own = await rig();
  const { folder, lockPath, settle } = own;
  const first = await settle('keep');
  assert.equal(first.resolved, true);
  assert.deepEqual(await readdir(folder), ['zenml-bundle.lock.json']);
  assert.deepEqual(JSON.parse(await readFile(lockPath, 'utf8')), first.lock);
  assert.deepEqual(await settle('keep'), { lock: first.lock, resolved: false });
  assert.deepEqual(await settle('locked'), { lock: first.lock, resolved: false });
});

test('registry, mirrors and signing change nothing; anything else resolves again', async () => {
  await using own = await rig();
  const { settle } = own;
  await settle('keep');
  const elsewhere: Request = {
    ...REQUEST,
    registry: 'harbor.example/zenml',
    mirrors: { 'docker.io': 'a.example' },
    signing: { key: 'k' },
  };
  assert.equal((await settle('keep', elsewhere)).resolved, false);
  assert.equal((await settle('keep', { ...REQUEST, charts: [] })).resolved, true);
});

test('--update resolves though the lock fits', async () => {
  await using own = await rig();
  const { settle } = own;
  await settle('keep');
  assert.equal((await settle('update')).lock.created, '2026-11-25T12:00:02Z');
});

test('--locked refuses a lock that is missing or does not fit, and writes nothing', async () => {
  await using own = await rig();
  const { folder, lockPath, settle } = own;
  await assert.rejects(settle('locked'), { code: 'LOCK_MISSING', message: `--locked was given, and ${lockPath} does not exist` });
  assert.deepEqual(await readdir(folder), []);
  await settle('keep');
  await assert.rejects(settle('locked', { ...REQUEST, charts: [] }), {
    code: 'LOCK_OUTDATED',
    message: `${lockPath} was resolved from another request`,
  });
});

test('a lock that cannot be read is not overwritten, unless --update says so', async () => {
  await using own = await rig();
  const { lockPath, settle } = own;
  await writeFile(lockPath, '{');
  await assert.rejects(settle('keep'), { code: 'INVALID_LOCK' });
  assert.equal(await readFile(lockPath, 'utf8'), '{');
  assert.equal((await settle('update')).resolved, true);
});
