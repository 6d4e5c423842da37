import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { encodeTarHeader, mtimeSecondsOf } from '@zenml-airgap/bundle-spec';
import { extract, type Header, pack } from 'tar-stream';
import { sampleBundle } from '../fixtures/sample-bundle.ts';
import { thrownBy } from '../fixtures/thrown-by.ts';
import { writeTar } from '../fixtures/write-tar.ts';

const MTIME = mtimeSecondsOf('2026-11-25T12:00:00Z');
const GIB = 1024 ** 3;

async function readTar(bytes: Uint8Array): Promise<{ header: Header; data: Buffer }[]> {
  const entries: { header: Header; data: Buffer }[] = [];
  const parser = extract();
  Readable.from([Buffer.from(bytes)]).pipe(parser);
  for await (const entry of parser) entries.push({ header: entry.header, data: await buffer(entry) });
  return entries;
}

/** The header alone: parsing it does not need the content. */
async function readHeader(header: Uint8Array): Promise<Header> {
  const parser = extract();
  const read = new Promise<Header>((resolve, reject) => {
    parser.on('entry', resolve);
    parser.on('error', reject);
  });
  parser.write(Buffer.from(header));
  return read.finally(() => parser.destroy());
}

test('tar-stream reads the whole tar as the layout has it', async () => {
  const bundle = sampleBundle();
  const entries = await readTar(writeTar(bundle));
  assert.deepEqual(
    entries.map(({ header }) => header.name),
    [
      'bundle-manifest.json',
      'bundle-manifest.json.sigstore.json',
      ...bundle.files.keys(),
      ...bundle.manifest.blobs.map(({ digest }) => `blobs/${digest.replace(':', '/')}`),
    ],
  );
  assert.deepEqual(entries[0]?.data, Buffer.from(bundle.manifestBytes));
  for (const { header } of entries) {
    assert.equal(header.type, 'file');
    assert.equal(header.mode, 0o644);
    assert.equal(header.uid, 0);
    assert.equal(header.gid, 0);
    assert.equal(header.uname, '');
    assert.equal(header.gname, '');
    assert.equal(header.linkname ?? null, null);
    assert.equal(header.mtime?.toISOString(), '2026-11-25T12:00:00.000Z');
  }
});

test('writes what tar-stream writes, the ends of its octal fields aside', async () => {
  for (const path of ['a', 'blobs/sha256/0123', 'x'.repeat(100)]) {
    const packer = pack();
    const entry = packer.entry({ name: path, size: 5, mode: 0o644, mtime: new Date(MTIME * 1000), uid: 0, gid: 0 });
    entry.end('hello');
    packer.finalize();
    const theirs = (await buffer(packer)).subarray(0, 512);
    const ours = Buffer.from(encodeTarHeader({ path, size: 5 }, MTIME));
    // Theirs has six digits and a blank where ours has seven; the checksum is compared below.
    const numberFields = (header: Buffer): number[] =>
      [
        [100, 108],
        [108, 116],
        [116, 124],
        [124, 136],
        [136, 148],
        [329, 337],
        [337, 345],
      ].map(([start, end]) => Number.parseInt(header.toString('latin1', start, end), 8));
    assert.deepEqual(numberFields(ours), numberFields(theirs));
    for (const [start, end] of [
      [0, 100],
      [124, 135],
      [136, 147],
      [156, 329],
      [345, 512],
    ]) {
      assert.deepEqual(ours.subarray(start, end), theirs.subarray(start, end), `bytes ${start} to ${end}`);
    }
  }
});

test('every number ends with NUL, the checksum with NUL and a blank', () => {
  const header = Buffer.from(encodeTarHeader({ path: 'a', size: 5 }, MTIME)).toString('latin1');
  assert.equal(header.slice(100, 148), '0000644\x000000000\x000000000\x0000000000005\x0015301546700\x00');
  assert.match(header.slice(148, 156), /^[0-7]{6}\0 $/);
  assert.equal(header.slice(257, 265), 'ustar\x0000');
});

for (const size of [0, 1, 8 * GIB - 1, 8 * GIB, 9 * GIB + 7, 2 ** 45, Number.MAX_SAFE_INTEGER]) {
  test(`tar-stream reads a size of ${size} bytes`, async () => {
    const header = encodeTarHeader({ path: 'blobs/sha256/ab', size }, MTIME);
    assert.equal((await readHeader(header)).size, size);
    assert.equal(header[124] === 0x80, size >= 8 * GIB);
  });
}

test('holds a time after 2242, which octal digits do not', async () => {
  const header = await readHeader(encodeTarHeader({ path: 'a', size: 0 }, mtimeSecondsOf('2300-01-01T00:00:00Z')));
  assert.equal(header.mtime?.toISOString(), '2300-01-01T00:00:00.000Z');
});

test('refuses names that ustar cannot hold in one way', () => {
  assert.equal(encodeTarHeader({ path: 'x'.repeat(100), size: 0 }, 0)[99], 'x'.charCodeAt(0));
  for (const path of ['', 'x'.repeat(101), 'charts/ä.tgz', 'a b', 'a\0b', 'a\nb']) {
    const error = thrownBy(() => encodeTarHeader({ path, size: 0 }, 0));
    assert.equal(error.code, 'NAME_TOO_LONG');
    assert.doesNotMatch(error.message, /[\0\n]/);
  }
});

test('refuses numbers that no file has', () => {
  for (const size of [-1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1]) {
    assert.equal(thrownBy(() => encodeTarHeader({ path: 'a', size }, 0)).code, 'INTERNAL');
  }
});
