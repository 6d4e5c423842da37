import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { BundleReader, BundleWriter } from '@zenml-airgap/bundle-file';
import { pushAll, sampleKey, smallSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const MIB = 1024 * 1024;

test('a disk that fills up while writing stops the build with a remedy, and it continues when there is space', async (t) => {
  await using folder = await temporaryFolder();
  const disk = join(folder.path, 'disk');
  await mkdir(disk);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) return t.skip(`a small tmpfs cannot be mounted here: ${mounted.stderr}`);
  try {
    const sample = await smallSample(20 * MIB);
    const key = await sampleKey();
    const path = join(disk, 'bundle.tar');
    {
      await using writer = await BundleWriter.open(path, sample.plan);
      await writeFile(join(disk, 'filler'), Buffer.alloc(12 * MIB));
      await assert.rejects(pushAll(writer, sample), { code: 'DISK_FULL', message: new RegExp(path), remedy: /continues/ });
    }
    assert.deepEqual((await readdir(disk)).sort(), ['bundle.tar.partial', 'filler']);
    await rm(join(disk, 'filler'));
    await using writer = await BundleWriter.open(path, sample.plan);
    const kept = sample.contents.map(({ descriptor }) => writer.writtenBytes(descriptor.digest));
    assert.ok(Math.max(...kept) >= 8 * MIB, `nothing was kept: ${kept}`);
    await pushAll(writer, sample);
    await writer.seal(key.sign);
    await using reader = await BundleReader.open(path, { keys: [key.trusted] });
    await reader.verify();
  } finally {
    execFileSync('umount', [disk]);
  }
});
