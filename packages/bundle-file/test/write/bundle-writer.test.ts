import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { BundleReader, BundleWriter, type OpenWriterOptions, planBundle } from '@zenml-airgap/bundle-file';
import { BundlePath, blobPath, type LayoutEntry } from '@zenml-airgap/bundle-spec';
import { type Content, contentOf, digestOf, type FetchOptions, OrasError } from 'oras-js';
import { lockPartial } from '../../src/write/lock-partial.ts';
import { pushAll, type Sample, sampleKey, smallSample, tinySample, writeSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const MIB = 1024 * 1024;
const key = await sampleKey();
const small = await smallSample();
const large = await smallSample(20 * MIB + 5);

function layerOf({ contents }: Sample): Sample['contents'][number] {
  const [largest] = contents.toSorted((a, b) => b.descriptor.size - a.descriptor.size);
  assert.ok(largest);
  return largest;
}

function entryOf({ plan }: Sample, path: string): LayoutEntry {
  const entry = plan.layout.byPath.get(path);
  assert.ok(entry, path);
  return entry;
}

/** The first `bytes` of a content, then an error. */
function failingAfter(bytes: number, content: Uint8Array, error: Error): (options?: FetchOptions) => Content {
  return async function* () {
    for (let at = 0; at < bytes; at += MIB) yield [content.subarray(at, Math.min(at + MIB, bytes))];
    throw error;
  };
}

suite('a bundle', () => {
  test('has the same bytes each time, the signature aside', async () => {
    await using folder = await temporaryFolder();
    const tars = [];
    for (const name of ['one.tar', 'two.tar']) tars.push(await readFile(await writeSample(folder.path, small, key.sign, name)));
    const [one, two] = tars;
    assert.ok(one && two);
    assert.ok(!one.equals(two), 'ECDSA signatures differ each time');
    const { dataOffset, size } = entryOf(small, BundlePath.signature);
    for (const tar of tars) tar.fill(0, dataOffset, dataOffset + size);
    assert.ok(one.equals(two));
  });

  test('is a tar that other programs read, entry for entry', async () => {
    await using folder = await temporaryFolder();
    const path = await writeSample(folder.path, small, key.sign);
    const listed = execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(
      listed,
      small.plan.layout.entries.map((entry) => entry.path),
    );
    execFileSync('tar', ['-xf', path, '-C', folder.path]);
    execFileSync('sha256sum', ['--check', '--quiet', BundlePath.sums], { cwd: folder.path });
  });

  test('takes what was not planned from nobody', async () => {
    await using folder = await temporaryFolder();
    await using writer = await BundleWriter.open(join(folder.path, 'bundle.tar'), small.plan);
    const stranger = Buffer.from('stranger');
    const descriptor = { mediaType: 'text/plain', digest: digestOf(stranger), size: stranger.length };
    await assert.rejects(writer.push(descriptor, contentOf(stranger)), { code: 'NOT_PLANNED' });
    const { descriptor: planned } = layerOf(small);
    await assert.rejects(writer.push({ ...planned, size: 1 }, contentOf(stranger)), { code: 'NOT_PLANNED' });
    assert.throws(() => writer.isComplete(descriptor.digest), { code: 'NOT_PLANNED' });
  });

  test('does not read content that it has', async () => {
    await using folder = await temporaryFolder();
    await using writer = await BundleWriter.open(join(folder.path, 'bundle.tar'), small.plan);
    await pushAll(writer, small);
    for (const { descriptor } of small.contents) {
      assert.equal(writer.isComplete(descriptor.digest), true);
      await writer.push(descriptor, () => assert.fail('the content was opened again'));
    }
  });

  test('takes the same content from several at once, and reads one', async () => {
    await using folder = await temporaryFolder();
    await using writer = await BundleWriter.open(join(folder.path, 'bundle.tar'), small.plan);
    const { descriptor, bytes } = layerOf(small);
    let opened = 0;
    const source = (options?: FetchOptions): Content => {
      opened += 1;
      return contentOf(bytes)(options);
    };
    await Promise.all([1, 2, 3].map(() => writer.push(descriptor, source)));
    assert.equal(opened, 1);
  });

  test('is not sealed before everything is there, and says what lacks', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await using writer = await BundleWriter.open(path, small.plan);
    const [first, ...rest] = small.contents;
    assert.ok(first);
    for (const { descriptor, bytes } of rest) await writer.push(descriptor, contentOf(bytes));
    await assert.rejects(writer.seal(key.sign), {
      code: 'INCOMPLETE_BUNDLE',
      problems: [`${first.descriptor.digest} is not written`],
    });
    await writer.push(first.descriptor, contentOf(first.bytes));
    const { syncMs } = await writer.seal(key.sign);
    assert.ok(syncMs >= 0);
    await assert.rejects(writer.seal(key.sign), { code: 'INTERNAL' });
  });

  test('has a header only where the content is verified', async () => {
    await using folder = await temporaryFolder();
    await using writer = await BundleWriter.open(join(folder.path, 'bundle.tar'), small.plan);
    const { descriptor, bytes } = layerOf(small);
    const wrong = Buffer.from(bytes);
    wrong[bytes.length - 1] = (wrong[bytes.length - 1] ?? 0) ^ 1;
    for (const content of [wrong, bytes.subarray(1), Buffer.concat([bytes, Buffer.of(0)])]) {
      await assert.rejects(writer.push(descriptor, contentOf(content)), OrasError);
      assert.equal(writer.isComplete(descriptor.digest), false);
      assert.equal(writer.writtenBytes(descriptor.digest), 0);
      const slot = await readRange(writer.partialPath, entryOf(small, blobPath(descriptor.digest)).headerOffset, 29);
      assert.equal(slot, 'zenml-airgap partial blob v1\n');
    }
    await writer.push(descriptor, contentOf(bytes));
    assert.equal(writer.isComplete(descriptor.digest), true);
  });

  test('gives the signing function’s error as it is, and can be sealed again', async () => {
    await using folder = await temporaryFolder();
    await using writer = await BundleWriter.open(join(folder.path, 'bundle.tar'), small.plan);
    await pushAll(writer, small);
    const error = new Error('the key is on holiday');
    await assert.rejects(
      writer.seal(() => Promise.reject(error)),
      error,
    );
    await writer.seal(key.sign);
    assert.deepEqual(await readdir(folder.path), ['bundle.tar']);
  });
});

suite('a bundle that was begun', () => {
  test('continues in the middle of a blob', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    const { descriptor, bytes } = layerOf(large);
    {
      await using writer = await BundleWriter.open(path, large.plan);
      const source = failingAfter(17 * MIB, bytes, new OrasError('CONNECTION_FAILED', 'unplugged'));
      await assert.rejects(writer.push(descriptor, source), { code: 'CONNECTION_FAILED' });
    }
    await using writer = await BundleWriter.open(path, large.plan);
    assert.equal(writer.isComplete(descriptor.digest), false);
    assert.equal(writer.writtenBytes(descriptor.digest), 17 * MIB);
    const offsets: unknown[] = [];
    await writer.push(descriptor, (options) => {
      offsets.push(options?.resume?.offset);
      return large.source.fetch(descriptor, options);
    });
    assert.deepEqual(offsets, [17 * MIB]);
  });

  test('fetches once from zero where what was written does not lead to the digest', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    const { descriptor, bytes } = layerOf(large);
    {
      await using writer = await BundleWriter.open(path, large.plan);
      await assert.rejects(writer.push(descriptor, failingAfter(9 * MIB, bytes, new Error('unplugged'))), /unplugged/);
    }
    await flip(`${path}.partial`, entryOf(large, blobPath(descriptor.digest)).dataOffset + 4 * MIB);
    await using writer = await BundleWriter.open(path, large.plan);
    const offsets: unknown[] = [];
    await writer.push(descriptor, (options) => {
      offsets.push(options?.resume?.offset);
      return large.source.fetch(descriptor, options);
    });
    assert.deepEqual(offsets, [9 * MIB, undefined]);
    await pushAll(writer, large);
    await writer.seal(key.sign);
  });

  test('believes no header: changed content is fetched again, a chart’s in both places', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    {
      await using writer = await BundleWriter.open(path, small.plan);
      await pushAll(writer, small);
    }
    const chart = small.draft.charts[0]?.layer;
    assert.ok(chart);
    const { descriptor } = layerOf(small);
    await flip(`${path}.partial`, entryOf(small, blobPath(descriptor.digest)).dataOffset + 2 * MIB);
    await flip(`${path}.partial`, entryOf(small, 'charts/zenml-0.93.2.tgz').dataOffset);
    await using writer = await BundleWriter.open(path, small.plan);
    const incomplete = small.contents
      .filter((each) => !writer.isComplete(each.descriptor.digest))
      .map((each) => each.descriptor.digest);
    assert.deepEqual(incomplete.sort(), [chart.digest, descriptor.digest].sort());
    await pushAll(writer, small);
    await writer.seal(key.sign);
  });

  test('keeps what was written when it is aborted', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await using writer = await BundleWriter.open(path, large.plan);
    const { descriptor } = layerOf(large);
    const controller = new AbortController();
    async function* aborting(content: Content): Content {
      let batches = 0;
      for await (const batch of content) {
        yield batch;
        batches += 1;
        if (batches === 12) controller.abort();
      }
    }
    const source = (options?: FetchOptions): Content => aborting(large.source.fetch(descriptor, options));
    await assert.rejects(writer.push(descriptor, source, { signal: controller.signal }), { code: 'ABORTED' });
    assert.ok(writer.writtenBytes(descriptor.digest) >= 9 * MIB, String(writer.writtenBytes(descriptor.digest)));
  });

  test('is refused for another plan, and left as it is; --restart discards it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    {
      await using writer = await BundleWriter.open(path, small.plan);
      await pushAll(writer, small);
    }
    const before = await readFile(`${path}.partial`);
    const other = planBundle({ ...small.draft, created: '2025-11-25T12:00:01Z' });
    await assert.rejects(BundleWriter.open(path, other), { code: 'PARTIAL_OF_ANOTHER_PLAN', remedy: /--restart/ });
    assert.ok((await readFile(`${path}.partial`)).equals(before), 'it was changed');
    await using writer = await BundleWriter.open(path, other, { restart: true });
    assert.ok(small.contents.every(({ descriptor }) => !writer.isComplete(descriptor.digest)));
  });

  test('continues from any prefix of its first entry, and from zeros that a power loss leaves', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    const whole = await readFile(await writeSample(folder.path, small, key.sign, 'whole.tar'));
    for (const length of [0, 1, 511, 512, 700]) {
      await writeFile(`${path}.partial`, Buffer.concat([whole.subarray(0, length), Buffer.alloc(4096)]));
      await using writer = await BundleWriter.open(path, small.plan);
      assert.ok(small.contents.every(({ descriptor }) => !writer.isComplete(descriptor.digest)));
    }
    await writeFile(`${path}.partial`, 'my diary, not a bundle');
    await assert.rejects(BundleWriter.open(path, small.plan), { code: 'PARTIAL_OF_ANOTHER_PLAN' });
    assert.equal(await readFile(`${path}.partial`, 'utf8'), 'my diary, not a bundle');
  });

  test('is written by one at a time, in this process and in others', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    {
      await using _writer = await BundleWriter.open(path, small.plan);
      await assert.rejects(BundleWriter.open(path, small.plan), { code: 'PARTIAL_IN_USE' });
      const other = `import { BundleWriter } from '@zenml-airgap/bundle-file';
        import { smallSample } from '${join(import.meta.dirname, '..', 'sample-bundle.ts')}';
        const { plan } = await smallSample();
        await BundleWriter.open(${JSON.stringify(path)}, plan).catch((error) => console.log(error.code));`;
      const options = ['--conditions=@zenml-airgap/source', '--input-type=module', '-e', other];
      assert.equal(execFileSync(process.execPath, options, { encoding: 'utf8', cwd: import.meta.dirname }), 'PARTIAL_IN_USE\n');
      assert.deepEqual(await readdir(folder.path), ['bundle.tar.partial']);
    }
    await using _again = await BundleWriter.open(path, small.plan);
  });

  test('is not locked for a build that was aborted before it began', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar.partial');
    await assert.rejects(lockPartial(path, { signal: AbortSignal.abort() }), { code: 'ABORTED' });
    await using _lock = await lockPartial(path);
  });

  test('says how much of it is hashed again, before the first byte is', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    const said: [string, number][] = [];
    const options: OpenWriterOptions = {
      onRehashing: (bytes) => void said.push(['rehashing', bytes]),
      onRehashed: (bytes) => void said.push(['rehashed', bytes]),
    };
    {
      await using writer = await BundleWriter.open(path, small.plan, options);
      assert.equal(said.length, 0, 'a new file has nothing to hash');
      await pushAll(writer, small);
    }
    await using _writer = await BundleWriter.open(path, small.plan, options);
    const [first, ...others] = said;
    assert.equal(first?.[0], 'rehashing');
    assert.equal(
      others.reduce((sum, [, bytes]) => sum + bytes, 0),
      first?.[1],
    );
  });

  test('is left by its writer when another, whom the lock does not reach, has opened or sealed it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await using first = await BundleWriter.open(path, small.plan);
    const { descriptor, bytes } = layerOf(small);
    // Another network namespace: the same file by a folder of another identity.
    const elsewhere = join(folder.path, 'elsewhere');
    await mkdir(elsewhere);
    await link(`${path}.partial`, join(elsewhere, 'bundle.tar.partial'));
    await using second = await BundleWriter.open(join(elsewhere, 'bundle.tar'), small.plan);
    await assert.rejects(first.push(descriptor, contentOf(bytes)), { code: 'PARTIAL_IN_USE' });
    await pushAll(second, small);
    await second.seal(key.sign);
    await assert.rejects(first.push(descriptor, contentOf(bytes)), { code: 'PARTIAL_IN_USE' });
    await using reader = await BundleReader.open(join(elsewhere, 'bundle.tar'), { keys: [key.trusted] });
    await reader.verify();
  });
});

suite('an output', () => {
  test('that exists is refused and left alone, a dangling link too', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await writeFile(path, 'precious');
    await assert.rejects(BundleWriter.open(path, small.plan), { code: 'OUTPUT_EXISTS', message: new RegExp(path) });
    assert.equal(await readFile(path, 'utf8'), 'precious');
    await symlink('nowhere', join(folder.path, 'link.tar'));
    await assert.rejects(BundleWriter.open(join(folder.path, 'link.tar'), small.plan), { code: 'OUTPUT_EXISTS' });
    assert.deepEqual((await readdir(folder.path)).sort(), ['bundle.tar', 'link.tar']);
  });

  test('that appears while the bundle is written is not replaced', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await using writer = await BundleWriter.open(path, small.plan);
    await pushAll(writer, small);
    await writeFile(path, 'precious');
    await assert.rejects(writer.seal(key.sign), { code: 'OUTPUT_EXISTS' });
    assert.equal(await readFile(path, 'utf8'), 'precious');
  });

  test('whose .partial is a link leads nowhere', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'bundle.tar');
    await writeFile(join(folder.path, 'victim'), '');
    await symlink('victim', `${path}.partial`);
    await assert.rejects(BundleWriter.open(path, small.plan), { code: 'FILE_ERROR' });
    assert.equal((await stat(join(folder.path, 'victim'))).size, 0);
  });

  test('in a folder that does not exist is refused', async () => {
    await using folder = await temporaryFolder();
    await assert.rejects(BundleWriter.open(join(folder.path, 'none', 'bundle.tar'), small.plan), { code: 'FILE_NOT_FOUND' });
  });

  test('that does not fit is refused before the first byte, with what is needed and what is free', async () => {
    await using folder = await temporaryFolder();
    const tiny = await tinySample();
    const huge = 2 ** 50;
    const blobs = tiny.draft.blobs.map((blob) => (blob.size === 700 ? { ...blob, size: huge } : blob));
    const path = join(folder.path, 'bundle.tar');
    await assert.rejects(BundleWriter.open(path, planBundle({ ...tiny.draft, blobs })), {
      code: 'NOT_ENOUGH_SPACE',
      message: /needs 1125\d+ bytes \(1048576\.0 GiB\) in .*, where \d+ \(.*\) are free/,
    });
    assert.deepEqual(await readdir(folder.path), []);
  });
});

async function flip(path: string, position: number): Promise<void> {
  await using handle = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 0x10;
  await handle.write(byte, 0, 1, position);
}

async function readRange(path: string, position: number, length: number): Promise<string> {
  await using handle = await open(path, 'r');
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('latin1');
}
