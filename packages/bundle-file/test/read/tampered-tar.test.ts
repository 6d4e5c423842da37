import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { copyFile, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { BundleReader } from '@zenml-airgap/bundle-file';
import { BundlePath, blobPath, encodeTarHeader, type LayoutEntry, mtimeSecondsOf } from '@zenml-airgap/bundle-spec';
import { problemOf, seamsOf } from '../../src/read/seam.ts';
import { codeOf } from '../code-of.ts';
import { type Sample, type SampleKey, sampleKey, smallSample, tinySample, writeSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

// Every bit of the head (the manifest, the signature, and the headers of both) goes through `open`: nothing of it may be parsed
// before it is trusted. Behind the head, where opening takes several times as long, every bit is tried where it is decided
// (`problemOf`), and one bit of every 8th byte through `open`; of the 7.5 KiB of blanks behind the signature one bit of each byte,
// for verify-signature.test.ts has them all. With ZENML_AIRGAP_EXHAUSTIVE every bit there too.
const EXHAUSTIVE = process.env.ZENML_AIRGAP_EXHAUSTIVE !== undefined;
const EVERY_BIT = 1;
const BIT_OF_EVERY_BYTE = EXHAUSTIVE ? EVERY_BIT : 8 + 1;
const STRIDE_BITS = EXHAUSTIVE ? EVERY_BIT : 8 * 8 + 1;
const LANES = 16; // opening is mostly waiting for the disk's threads: so many copies are tried side by side

suite('a tar that was changed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let key: SampleKey;
  let tiny: Sample;
  let path: string;
  let original: Buffer;

  before(async () => {
    folder = await temporaryFolder();
    key = await sampleKey();
    tiny = await tinySample();
    path = await writeSample(folder.path, tiny, key.sign);
    original = await readFile(path);
  });
  after(() => folder[Symbol.asyncDispose]());

  const openIt = async (file = path): Promise<void> => {
    await using _reader = await BundleReader.open(file, { keys: [key.trusted] });
  };
  const entryOf = (entryPath: string): LayoutEntry => {
    const entry = tiny.plan.layout.byPath.get(entryPath);
    assert.ok(entry, entryPath);
    return entry;
  };

  /** Opens copies of the tar with single bits of a range flipped, and puts each back. @returns all codes, and how many were tried */
  async function codesOfFlips(start: number, end: number, strideBits = STRIDE_BITS): Promise<{ codes: string[]; tried: number }> {
    const codes = new Set<string>();
    let next = start * 8;
    let tried = 0;
    const lane = async (_: unknown, index: number): Promise<void> => {
      const copy = join(folder.path, `lane-${index}.tar`);
      await writeFile(copy, original);
      await using file = await open(copy, 'r+');
      for (let bit = next; bit < end * 8; bit = next) {
        next += strideBits;
        const at = bit >> 3;
        writeSync(file.fd, Buffer.of((original[at] ?? 0) ^ (1 << (bit & 7))), 0, 1, at);
        codes.add(await codeOf(openIt(copy)));
        writeSync(file.fd, original, at, 1, at);
        tried += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { codes: [...codes].sort(), tried };
  }

  test('is accepted before that', () => openIt());

  test('in its first header is refused', async () => {
    assert.deepEqual(await codesOfFlips(0, 512, EVERY_BIT), { codes: ['LAYOUT_MISMATCH', 'NOT_A_BUNDLE'], tried: 512 * 8 });
  });

  test('in its manifest is refused', async () => {
    const { dataOffset, size } = entryOf(BundlePath.manifest);
    const { codes, tried } = await codesOfFlips(dataOffset, dataOffset + size, EVERY_BIT);
    assert.deepEqual({ codes, tried }, { codes: ['SIGNATURE_INVALID'], tried: size * 8 });
  });

  test('between its manifest and its signature is refused', async () => {
    const { dataOffset, size } = entryOf(BundlePath.manifest);
    const { codes } = await codesOfFlips(dataOffset + size, entryOf(BundlePath.signature).dataOffset, EVERY_BIT);
    assert.deepEqual(codes, ['LAYOUT_MISMATCH']);
  });

  test('in its signature is refused', async () => {
    const { dataOffset, size } = entryOf(BundlePath.signature);
    const blanks = original.toString('latin1', dataOffset, dataOffset + size).trimEnd().length;
    const { codes, tried } = await codesOfFlips(dataOffset, dataOffset + blanks, EVERY_BIT);
    assert.equal(tried, blanks * 8);
    assert.deepEqual(
      codes.filter((code) => !code.startsWith('SIGNATURE_')),
      [],
    );
    const behind = await codesOfFlips(dataOffset + blanks, dataOffset + size, BIT_OF_EVERY_BYTE);
    assert.deepEqual(behind.codes, ['SIGNATURE_INVALID']);
    assert.ok(codes.includes('SIGNATURE_INVALID'));
  });

  test('in any header, padding or the end is refused', async () => {
    const { entries, totalSize } = tiny.plan.layout;
    for (const [index, entry] of entries.entries()) {
      if (entry.path === BundlePath.manifest) continue;
      const next = entries[index + 1];
      const end = next === undefined ? totalSize : next.dataOffset;
      const { codes } = await codesOfFlips(entry.dataOffset + entry.size, end);
      assert.deepEqual(codes, ['LAYOUT_MISMATCH'], `after ${entry.path}`);
    }
  });

  test('has a problem for every single bit of headers, padding and the end', async () => {
    const mtimeSeconds = mtimeSecondsOf(tiny.plan.manifest.created);
    const { layout } = tiny.plan;
    let tried = 0;
    for (const seam of seamsOf(layout)) {
      const bytes = Buffer.from(original.subarray(seam.start, seam.end));
      assert.equal(problemOf(seam, bytes, { layout, mtimeSeconds }), undefined);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const at = bit >> 3;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        const problem = problemOf(seam, bytes, { layout, mtimeSeconds });
        assert.ok(problem !== undefined && problem.unlisted === undefined, `bit ${bit} after byte ${seam.start}`);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        tried += 1;
      }
    }
    const contentBytes = tiny.plan.layout.entries.reduce((sum, { size }) => sum + size, 0);
    assert.equal(tried, (original.length - contentBytes) * 8, 'all bits but the content');
  });

  test('in a file that follows from the manifest is refused by name', async () => {
    for (const file of tiny.plan.files.keys()) {
      const { dataOffset, size } = entryOf(file);
      const codes = new Set<string>();
      await using handle = await open(path, 'r+');
      for (const at of [dataOffset, dataOffset + (size >> 1), dataOffset + size - 1]) {
        await handle.write(Buffer.of((original[at] ?? 0) ^ 1), 0, 1, at);
        await assert.rejects(openIt(), { code: 'FILE_MISMATCH', problems: [`${file}: was changed`] });
        await handle.write(original, at, 1, at);
        codes.add(file);
      }
      assert.equal(codes.size, 1);
    }
  });

  test('in an image manifest is refused when it is opened, in any other blob by verify and by fetch', async () => {
    for (const { digest, size, mediaType } of tiny.plan.manifest.blobs) {
      const { dataOffset } = entryOf(blobPath(digest));
      await using handle = await open(path, 'r+');
      await handle.write(Buffer.of((original[dataOffset + size - 1] ?? 0) ^ 0x80), 0, 1, dataOffset + size - 1);
      if (mediaType.includes('manifest')) await assert.rejects(openIt(), { code: 'DIGEST_MISMATCH' });
      else {
        await using reader = await BundleReader.open(path, { keys: [key.trusted] });
        await assert.rejects(reader.verify(), {
          code: 'DIGEST_MISMATCH',
          message: new RegExp(`${digest.slice(7)} .*of zenml:0\\.93\\.2`),
        });
        await assert.rejects(Array.fromAsync(reader.fetch({ digest, size, mediaType })), { code: 'DIGEST_MISMATCH' });
      }
      await handle.write(original, dataOffset, size, dataOffset);
    }
    await openIt();
  });

  test('that ends at any block is refused', async () => {
    const cut = join(folder.path, 'cut.tar');
    await copyFile(path, cut);
    const codes = new Map<number, string>();
    for (let length = original.length - 512; length >= 0; length -= 512) {
      await truncate(cut, length);
      codes.set(length, await codeOf(openIt(cut)));
    }
    assert.equal(codes.get(0), 'NOT_A_BUNDLE');
    codes.delete(0);
    assert.deepEqual([...new Set(codes.values())], ['TRUNCATED_BUNDLE']);
    await rm(cut);
  });

  test('that goes on after its end is refused, by as little as a byte', async () => {
    const longer = join(folder.path, 'longer.tar');
    for (const tail of [Buffer.alloc(1), Buffer.alloc(512), original.subarray(0, 512)]) {
      await writeFile(longer, Buffer.concat([original, tail]));
      await assert.rejects(openIt(longer), { code: 'LAYOUT_MISMATCH', message: new RegExp(`${tail.length} bytes after`) });
    }
  });

  test('with an entry more, before its end, is refused', async () => {
    const { endOffset } = tiny.plan.layout;
    const extra = join(folder.path, 'extra.tar');
    const entry = entryOf(BundlePath.ociLayout);
    const copy = original.subarray(entry.headerOffset, entry.dataOffset + 512);
    await writeFile(extra, Buffer.concat([original.subarray(0, endOffset), copy, original.subarray(endOffset)]));
    assert.equal(await codeOf(openIt(extra)), 'LAYOUT_MISMATCH');
    await writeFile(
      extra,
      Buffer.concat([original.subarray(0, endOffset - 512 * 4), copy, original.subarray(endOffset - 512 * 2)]),
    );
    assert.equal(await codeOf(openIt(extra)), 'LAYOUT_MISMATCH');
  });

  test('with an entry that its manifest does not list is refused by that entry’s name, wherever it lies', async () => {
    const { endOffset, entries, totalSize } = tiny.plan.layout;
    const smuggled = join(folder.path, 'smuggled.tar');
    const name = 'blobs/sha256/smuggled\x1b[31m';
    const header = Buffer.from(encodeTarHeader({ path: 'smuggled', size: 3 }, 0));
    const entry = Buffer.concat([withPath(header, name), Buffer.alloc(512, 'abc\0')]);
    const at = [...entries.slice(2).map(({ headerOffset }) => headerOffset), endOffset, totalSize];
    for (const offset of at) {
      await writeFile(smuggled, Buffer.concat([original.subarray(0, offset), entry, original.subarray(offset)]));
      await assert.rejects(openIt(smuggled), (error: Error & { code: string; problems: string[] }) => {
        assert.equal(error.code, 'UNLISTED_FILE', `at ${offset}`);
        assert.equal(error.problems.length, 1);
        assert.match(error.problems[0] ?? '', new RegExp(`^blobs/sha256/smuggled\\S+: an entry \\(byte ${offset}\\)`));
        assert.ok(!error.message.includes('\x1b'), 'a control character is printed');
        return true;
      });
    }
    // In the place of another one: the tar has its size still.
    const replaced = Buffer.from(original);
    const last = entries.at(-1);
    assert.ok(last);
    withPath(header, name).copy(replaced, last.headerOffset);
    await writeFile(smuggled, replaced);
    assert.equal(await codeOf(openIt(smuggled)), 'UNLISTED_FILE');
  });

  test('to which tar appended a file is refused by that file’s name, in each of its formats', async () => {
    const appended = join(folder.path, 'appended.tar');
    await writeFile(join(folder.path, 'extra.sh'), 'echo extra');
    for (const format of ['ustar', 'gnu']) {
      await copyFile(path, appended);
      execFileSync('tar', ['--append', `--format=${format}`, '-f', appended, '-C', folder.path, 'extra.sh']);
      await assert.rejects(openIt(appended), { code: 'UNLISTED_FILE', message: /extra\.sh: an entry/ });
    }
  });

  test('with two entries in another order is refused', async () => {
    const [a, b] = [entryOf(BundlePath.ociLayout), entryOf(BundlePath.ociIndex)];
    const reordered = join(folder.path, 'reordered.tar');
    const end = b.dataOffset + Math.ceil(b.size / 512) * 512;
    const parts = [
      original.subarray(0, a.headerOffset),
      original.subarray(b.headerOffset, end),
      original.subarray(a.headerOffset, b.headerOffset),
    ];
    await writeFile(reordered, Buffer.concat([...parts, original.subarray(end)]));
    await assert.rejects(openIt(reordered), {
      code: 'LAYOUT_MISMATCH',
      message: /header of oci-layout .*not the expected one/,
    });
  });

  test('without its signature, or with a foreign one, is refused', async () => {
    const unsigned = await writeSample(folder.path, tiny, () => new Uint8Array(0), 'unsigned.tar');
    assert.equal(await codeOf(openIt(unsigned)), 'SIGNATURE_MISSING');
    await using allowed = await BundleReader.open(unsigned, { keys: [key.trusted], allowUnsigned: true });
    assert.equal(allowed.signedBy, null);
    const foreign = await writeSample(folder.path, tiny, (await sampleKey()).sign, 'foreign.tar');
    assert.equal(await codeOf(openIt(foreign)), 'SIGNATURE_UNTRUSTED');
    await assert.rejects(BundleReader.open(path, { keys: [] }), { code: 'NO_TRUSTED_KEYS' });
  });

  test('is not what something else is', async () => {
    const other = join(folder.path, 'other.tar');
    await writeFile(other, 'not a tar at all');
    await assert.rejects(openIt(other), { code: 'NOT_A_BUNDLE', remedy: /folder/ });
    await assert.rejects(openIt(join(folder.path, 'none.tar')), { code: 'FILE_NOT_FOUND' });
    await assert.rejects(openIt('/dev/null'), { code: 'NOT_A_BUNDLE' });
  });
});

/** The header with another path, and the checksum that belongs to it. */
function withPath(header: Buffer, path: string): Buffer {
  const block = Buffer.from(header).fill(0, 0, 100).fill(' ', 148, 156);
  block.write(path, 0, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

suite('verify', () => {
  test('names everything that was changed at once, and counts bytes', async () => {
    await using folder = await temporaryFolder();
    const key = await sampleKey();
    const small = await smallSample();
    const path = await writeSample(folder.path, small, key.sign);
    const changed = [
      'charts/zenml-0.93.2.tgz',
      ...small.plan.manifest.blobs.filter(({ mediaType }) => mediaType.includes('layer')).map(({ digest }) => blobPath(digest)),
    ];
    const open2 = (): Promise<BundleReader> => BundleReader.open(path, { keys: [key.trusted] });
    {
      await using reader = await open2();
      let seen = 0;
      const { blobs, bytes } = await reader.verify({
        onBytes: (more) => {
          seen += more;
        },
      });
      assert.equal(blobs, small.contents.length);
      assert.equal(seen, bytes);
      assert.equal(bytes, small.contents.reduce((sum, { descriptor }) => sum + descriptor.size, 0) + 5_000);
    }
    await using file = await open(path, 'r+');
    for (const name of changed) await file.write('!', small.plan.layout.byPath.get(name)?.dataOffset ?? 0);
    await using reader = await open2();
    await assert.rejects(reader.verify(), (error: Error & { code: string; problems: string[] }) => {
      assert.equal(error.code, 'DIGEST_MISMATCH');
      assert.deepEqual(
        error.problems.map((problem) => problem.split(' ')[0]),
        changed.sort(),
      );
      return true;
    });
    await assert.rejects(reader.readFile('charts/zenml-0.93.2.tgz'), { code: 'DIGEST_MISMATCH' });
  });

  test('hashes large bundles in several threads, and stops when it is aborted', async () => {
    await using folder = await temporaryFolder();
    const key = await sampleKey();
    const large = await smallSample(70 * 1024 * 1024);
    const path = await writeSample(folder.path, large, key.sign);
    await using reader = await BundleReader.open(path, { keys: [key.trusted] });
    let seen = 0;
    const count = (more: number): void => {
      seen += more;
    };
    const { bytes } = await reader.verify({ onBytes: count, concurrency: 3 });
    assert.equal(seen, bytes);
    const controller = new AbortController();
    await assert.rejects(reader.verify({ signal: controller.signal, onBytes: () => controller.abort() }), { code: 'ABORTED' });
    const [layer] = large.plan.manifest.blobs.toSorted((a, b) => b.size - a.size);
    assert.ok(layer);
    await using file = await open(path, 'r+');
    await file.write('!', large.plan.layout.byPath.get(blobPath(layer.digest))?.dataOffset ?? 0);
    await assert.rejects(reader.verify(), { code: 'DIGEST_MISMATCH', message: new RegExp(layer.digest.slice(7)) });
    await file.truncate(1024 * 1024);
    await assert.rejects(reader.verify(), { code: 'DIGEST_MISMATCH', message: /ends too early/ });
  });
});
