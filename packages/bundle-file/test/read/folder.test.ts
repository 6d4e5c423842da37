import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, link, mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { BundleReader } from '@zenml-airgap/bundle-file';
import { BundlePath, blobPath } from '@zenml-airgap/bundle-spec';
import { type Sample, type SampleKey, sampleKey, smallSample, writeSample } from '../sample-bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

suite('a folder that a bundle was unpacked into', () => {
  let scratch: Awaited<ReturnType<typeof temporaryFolder>>;
  let key: SampleKey;
  let small: Sample;
  let tar: string;

  before(async () => {
    scratch = await temporaryFolder();
    key = await sampleKey();
    small = await smallSample(10_000);
    tar = await writeSample(scratch.path, small, key.sign);
  });
  after(() => scratch[Symbol.asyncDispose]());

  async function unpacked(): Promise<string> {
    const folder = await mkdtemp(join(scratch.path, 'unpacked-'));
    execFileSync('tar', ['-xf', tar, '-C', folder]);
    return folder;
  }
  const openIt = (folder: string): Promise<BundleReader> => BundleReader.open(folder, { keys: [key.trusted] });
  const aBlob = (): string => blobPath(small.plan.manifest.blobs[3]?.digest ?? '');

  test('verifies, and gives the same as the tar', async () => {
    await using folder = await openIt(await unpacked());
    await using file = await openIt(tar);
    assert.equal(folder.manifestDigest, file.manifestDigest);
    assert.equal(folder.signedBy, key.trusted.hint);
    assert.deepEqual(await folder.verify(), await file.verify());
    assert.deepEqual(await folder.readFile('manifest.txt'), await file.readFile('manifest.txt'));
    assert.deepEqual(await folder.resolve('charts/zenml:0.93.2'), await file.resolve('public.ecr.aws/zenml/zenml:0.93.2'));
  });

  test('is refused with files more and less, all of them named', async () => {
    const folder = await unpacked();
    await unlink(join(folder, aBlob()));
    await unlink(join(folder, 'charts/zenml-0.93.2.tgz'));
    await writeFile(join(folder, 'blobs', '.DS_Store'), 'x');
    await mkdir(join(folder, 'lost\u001b[2Jfound'));
    await assert.rejects(openIt(folder), {
      code: 'MISSING_FILE',
      problems: [
        'charts/zenml-0.93.2.tgz: is missing',
        `${aBlob()}: is missing`,
        'blobs/.DS_Store: a file, which the manifest does not list',
        'lost\\u001b[2Jfound: a folder, which the manifest does not list',
      ],
    });
  });

  test('is refused with a file that the manifest does not list', async () => {
    const folder = await unpacked();
    await writeFile(join(folder, 'charts', 'another-1.0.tgz'), 'x');
    await assert.rejects(openIt(folder), {
      code: 'UNLISTED_FILE',
      problems: ['charts/another-1.0.tgz: a file, which the manifest does not list'],
    });
  });

  test('is refused with a link in place of a file, even to the right content', async () => {
    const folder = await unpacked();
    await rename(join(folder, aBlob()), join(scratch.path, 'elsewhere'));
    await symlink(join(scratch.path, 'elsewhere'), join(folder, aBlob()));
    await assert.rejects(openIt(folder), {
      code: 'UNLISTED_FILE',
      problems: [`${aBlob()}: a link where the manifest lists a file`],
    });
  });

  test('is refused with a link in place of a folder, and of the manifest', async () => {
    const folder = await unpacked();
    await rename(join(folder, 'blobs'), join(scratch.path, 'blobs'));
    await symlink(join(scratch.path, 'blobs'), join(folder, 'blobs'));
    await assert.rejects(openIt(folder), { code: 'MISSING_FILE', message: /blobs: a link/ });
    await rename(join(folder, BundlePath.manifest), join(scratch.path, 'manifest'));
    await symlink(join(scratch.path, 'manifest'), join(folder, BundlePath.manifest));
    await assert.rejects(openIt(folder), { code: 'NOT_A_BUNDLE' });
  });

  test('may have hard links: they are files', async () => {
    const folder = await unpacked();
    await link(join(folder, aBlob()), join(scratch.path, 'hard'));
    await using reader = await openIt(folder);
    await reader.verify();
  });

  test('does not hold a reader up with a pipe', async () => {
    const folder = await unpacked();
    await unlink(join(folder, aBlob()));
    execFileSync('mkfifo', [join(folder, aBlob())]);
    await assert.rejects(openIt(folder), { code: 'UNLISTED_FILE', message: /no regular file/ });
    await using reader = await openIt(
      await unpacked().then(async (other) => {
        await using _reader = await openIt(other);
        return other;
      }),
    );
    await unlink(join(reader.path, aBlob()));
    execFileSync('mkfifo', [join(reader.path, aBlob())]);
    await assert.rejects(reader.verify(), { code: 'MISSING_FILE' });
  });

  test('is refused with a file of another size, or changed', async () => {
    const longer = await unpacked();
    await appendFile(join(longer, aBlob()), 'x');
    await assert.rejects(openIt(longer), { code: 'SIZE_MISMATCH' });
    const changed = await unpacked();
    await flipFirst(join(changed, 'charts/zenml-0.93.2.tgz'));
    await using reader = await openIt(changed);
    await assert.rejects(reader.verify(), { code: 'DIGEST_MISMATCH', message: /charts\/zenml-0\.93\.2\.tgz/ });
    await flipFirst(join(changed, BundlePath.sums));
    await assert.rejects(openIt(changed), { code: 'FILE_MISMATCH', problems: ['SHA256SUMS: was changed'] });
  });

  test('is refused without a signature, with a shorter one, and with another manifest', async () => {
    const folder = await unpacked();
    const signature = join(folder, BundlePath.signature);
    const entry = await readFile(signature);
    await writeFile(signature, entry.subarray(0, entry.indexOf('}}') + 2));
    await assert.rejects(openIt(folder), { code: 'SIGNATURE_INVALID' });
    await unlink(signature);
    await assert.rejects(openIt(folder), { code: 'SIGNATURE_MISSING' });
    await writeFile(signature, entry);
    await flipFirst(join(folder, BundlePath.manifest));
    await assert.rejects(openIt(folder), { code: 'SIGNATURE_INVALID' });
    await rm(join(folder, BundlePath.manifest));
    await assert.rejects(openIt(folder), { code: 'NOT_A_BUNDLE' });
  });
});

async function flipFirst(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
