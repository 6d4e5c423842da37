import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ArchiveFile, ImageSourceError } from '@zenml-airgap/image-sources';
import fc from 'fast-check';
import { temporaryFolder } from '../temporary-folder.ts';
import { type TarPart, tarOf } from './tar-of.ts';

async function withArchive(bytes: Uint8Array, use: (archive: ArchiveFile) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'some.tar');
  await writeFile(path, bytes);
  await using archive = await ArchiveFile.open(path, { spoolFolder: join(folder.path, 'spool') });
  await use(archive);
}

const text = (name: string, content: string): TarPart => ({ name, bytes: Buffer.from(content) });
const refused = async (parts: readonly TarPart[], message: RegExp): Promise<void> => {
  await assert.rejects(
    withArchive(await tarOf(parts), async () => undefined),
    { code: 'INVALID_ARCHIVE', message },
  );
};

test('finds files by path, with names of every length and alphabet', async () => {
  const names = ['a', './dotted/file', 'x'.repeat(100), `${'p'.repeat(120)}/${'n'.repeat(90)}`, 'y'.repeat(300), 'größe/日本'];
  await withArchive(await tarOf(names.map((name) => text(name, `content of ${name}`))), async (archive) => {
    for (const name of names) {
      const path = name.replace(/^\.\//, '');
      assert.equal((await archive.readSmall(path))?.toString(), `content of ${name}`, name);
    }
  });
});

test('follows links within the archive, symbolic ones from their folder', async () => {
  const parts: TarPart[] = [
    text('base/layer.tar', 'the layer'),
    { name: 'next/layer.tar', type: 'symlink', linkname: '../base/layer.tar' },
    { name: 'third/layer.tar', type: 'symlink', linkname: '../next/layer.tar' },
    { name: 'hard', type: 'link', linkname: 'base/layer.tar' },
    { name: 'dangling', type: 'symlink', linkname: 'nowhere' },
  ];
  await withArchive(await tarOf(parts), async (archive) => {
    for (const path of ['next/layer.tar', 'third/layer.tar', 'hard']) {
      assert.equal((await archive.readSmall(path))?.toString(), 'the layer', path);
    }
    assert.equal(archive.find('dangling'), undefined);
  });
});

test('refuses links that lead in a circle', async () => {
  const circle: TarPart[] = [
    { name: 'a', type: 'symlink', linkname: 'b' },
    { name: 'b', type: 'symlink', linkname: 'a' },
  ];
  await withArchive(await tarOf(circle), async (archive) => {
    assert.throws(() => archive.find('a'), { code: 'INVALID_ARCHIVE' });
  });
});

test('refuses paths and links that lead out of the archive', async () => {
  await refused([text('../evil', '')], /leads out of it/);
  await refused([text('a/../../evil', '')], /leads out of it/);
  await refused([{ name: 'a', type: 'symlink', linkname: '/etc/shadow' }], /link a leads out/);
  await refused([{ name: 'a/b', type: 'symlink', linkname: '../../etc/shadow' }], /link a\/b leads out/);
});

test('refuses a path that is there twice, however it is written', async () => {
  await refused([text('manifest.json', '[]'), text('./manifest.json', '[1]')], /manifest\.json is in it twice/);
});

test('refuses what is no tar, and one with a damaged header', async () => {
  await assert.rejects(
    withArchive(Buffer.alloc(4096, 'x'), async () => undefined),
    { code: 'INVALID_ARCHIVE', message: /no tar/ },
  );
  const damaged = await tarOf([text('a', 'content'), text('b', 'content')]);
  damaged[1024 + 3] = 0x41;
  await assert.rejects(
    withArchive(damaged, async () => undefined),
    { code: 'INVALID_ARCHIVE', message: /no tar header at byte 1024/ },
  );
});

test('caps what it buffers', async () => {
  await withArchive(await tarOf([{ name: 'manifest.json', bytes: Buffer.alloc(4 * 1024 * 1024 + 1) }]), async (archive) => {
    await assert.rejects(archive.readSmall('manifest.json'), { code: 'TOO_LARGE' });
  });
});

test('reads sizes from 8 GiB on without reading what lies between', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'large.tar');
  const size = 9 * 1024 ** 3;
  const head = Buffer.from((await tarOf([text('large', '')])).subarray(0, 512));
  head.fill(0, 124, 136);
  head[124] = 0x80;
  head.writeBigUInt64BE(BigInt(size), 128);
  head.fill(0x20, 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  {
    // Sparse: nothing of the 9 GiB is on the disk.
    await using file = await open(path, 'w');
    await file.write(head, 0, 512, 0);
    await file.write(await tarOf([text('after', 'the end')]), 0, undefined, 512 + size);
  }
  await using archive = await ArchiveFile.open(path, { spoolFolder: folder.path });
  assert.equal(archive.find('large')?.size, size);
  assert.equal((await archive.readSmall('after'))?.toString(), 'the end');
});

test('whatever bytes change, the files are found or the error is ours', async () => {
  const whole = await tarOf([
    text('a/file', 'content'),
    { name: 'b', type: 'symlink', linkname: 'a/file' },
    text('y'.repeat(300), 'long'),
  ]);
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'some.tar');
  const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: whole.length }), async (changes, end) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      // The checksums are made right again, so that the fields behind them are read.
      for (let at = 0; at + 512 <= bytes.length; at += 512) withChecksum(bytes.subarray(at, at + 512));
      await writeFile(path, end % 3 === 0 ? bytes.subarray(0, end) : bytes);
      try {
        await using archive = await ArchiveFile.open(path, { spoolFolder: folder.path });
        for (const name of ['a/file', 'b', 'y'.repeat(300)]) await archive.readSmall(name);
      } catch (error) {
        assert.ok(error instanceof ImageSourceError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

function withChecksum(block: Buffer): void {
  if (block.toString('latin1', 257, 262) !== 'ustar') return;
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
