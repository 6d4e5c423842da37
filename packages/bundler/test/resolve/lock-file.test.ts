import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Lock } from '@zenml-airgap/bundle-spec';
import { readLock, writeLock } from '../../src/resolve/lock-file.ts';

const digest = `sha256:${'0'.repeat(64)}` as const;
const LOCK: Lock = {
  lockVersion: 1,
  requestHash: digest,
  created: '2026-11-25T12:00:00Z',
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

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'lock-file-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('a link that was planted beside the lock leads nowhere, and nothing is left beside it', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.lock.json');
  await writeFile(join(folder.path, 'victim'), 'precious');
  await symlink('victim', `${path}.new`);
  await Promise.all([writeLock(path, LOCK), writeLock(path, LOCK)]);
  assert.equal(await readFile(join(folder.path, 'victim'), 'utf8'), 'precious');
  assert.deepEqual(await readLock(path), LOCK);
  assert.deepEqual((await readdir(folder.path)).sort(), ['a.lock.json', 'a.lock.json.new', 'victim']);
});

test('a full disk is told as one, and the old lock stays', async (t) => {
  await using folder = await temporaryFolder();
  const disk = join(folder.path, 'disk');
  await mkdir(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) return t.skip(`a small tmpfs cannot be mounted here: ${mounted.stderr}`);
  try {
    const path = join(disk, 'a.lock.json');
    await writeLock(path, LOCK);
    await writeFile(join(disk, 'filler'), Buffer.alloc(60 * 1024));
    await assert.rejects(writeLock(path, { ...LOCK, created: '2026-11-25T12:00:01Z' }), {
      code: 'DISK_FULL',
      message: new RegExp(path),
    });
    assert.deepEqual(await readLock(path), LOCK);
    assert.deepEqual((await readdir(disk)).sort(), ['a.lock.json', 'filler']);
  } finally {
    spawnSync('umount', [disk]);
  }
});

test('what is aborted reads and writes nothing', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a.lock.json');
  const signal = AbortSignal.abort();
  await assert.rejects(writeLock(path, LOCK, { signal }), { code: 'ABORTED' });
  await assert.rejects(readLock(path, { signal }), { code: 'ABORTED' });
  assert.deepEqual(await readdir(folder.path), []);
});
