import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { BundleReader, BundleWriter } from '@zenml-airgap/bundle-file';
import { BundlePath } from '@zenml-airgap/bundle-spec';
import { type Sample, type SampleKey, sampleKey, smallSample, writeSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const MIB = 1024 * 1024;
const LAYER_BYTES = 30 * MIB + 77;

suite('a build that is killed', () => {
  let sample: Sample;
  let key: SampleKey;
  let undisturbed: Buffer;

  before(async () => {
    sample = await smallSample(LAYER_BYTES);
    key = await sampleKey();
    await using folder = await temporaryFolder();
    undisturbed = withoutSignature(await readFile(await writeSample(folder.path, sample, key.sign)));
  });
  after(() => {
    undisturbed = Buffer.alloc(0);
  });

  function withoutSignature(tar: Buffer): Buffer {
    const entry = sample.plan.layout.byPath.get(BundlePath.signature);
    assert.ok(entry);
    return tar.fill(0, entry.dataOffset, entry.dataOffset + entry.size);
  }

  async function killed(path: string, afterBytes: number): Promise<void> {
    const script = join(import.meta.dirname, 'killed-build.ts');
    const child = spawn(
      process.execPath,
      ['--conditions=@zenml-airgap/source', script, path, String(LAYER_BYTES), String(afterBytes)],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' }, 'the build ended before it was killed');
  }

  /** @returns where each content was continued */
  async function continueBuild(path: string): Promise<number[]> {
    const offsets: number[] = [];
    await using writer = await BundleWriter.open(path, sample.plan);
    for (const { descriptor } of sample.contents) {
      await writer.push(descriptor, (options) => {
        offsets.push(options?.resume?.offset ?? 0);
        return sample.source.fetch(descriptor, options);
      });
    }
    await writer.seal(key.sign);
    return offsets;
  }

  for (const afterBytes of [1, 5 * MIB, 9 * MIB, 20 * MIB, 30 * MIB]) {
    test(`after ${afterBytes} bytes of its layer continues in the middle of it, and has the same bytes`, async () => {
      await using folder = await temporaryFolder();
      const path = join(folder.path, 'bundle.tar');
      await killed(path, afterBytes);
      assert.deepEqual(await readdir(folder.path), ['bundle.tar.partial'], 'something else was left behind');
      const offsets = await continueBuild(path);
      // A record after the first batch and then each 8 MiB, at most three writes behind.
      assert.ok(Math.max(...offsets) >= afterBytes - 11 * MIB, `continued at ${offsets}, killed after ${afterBytes}`);
      if (afterBytes > 3 * MIB) assert.ok(Math.max(...offsets) > 0, 'nothing was recorded');
      assert.ok(withoutSignature(await readFile(path)).equals(undisturbed), 'the bytes differ from an undisturbed build');
      assert.deepEqual(await readdir(folder.path), ['bundle.tar']);
      await using reader = await BundleReader.open(path, { keys: [key.trusted] });
      await reader.verify();
    });
  }

  test('while it is signed has everything, and only seals', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await killed(path, -1);
    await assert.rejects(BundleReader.open(`${path}.partial`, { keys: [key.trusted] }), { code: 'INCOMPLETE_BUNDLE' });
    assert.deepEqual(await continueBuild(path), [], 'content was fetched again');
    assert.ok(withoutSignature(await readFile(path)).equals(undisturbed));
  });
});
