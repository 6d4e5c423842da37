import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustRun } from '../fixtures/run-program.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { startInternalRegistry } from './rig/internal-registry.ts';
import { RELEASE_IMAGES } from './rig/release-names.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { sharedBundle } from './rig/shared-bundle.ts';
import { tagsOf } from './rig/tags-of.ts';

// Content gateways unpack what passes them.
test('a bundle that was unpacked into a folder', { timeout: 300_000 }, async (t) => {
  const { tar, publicKey } = await sharedBundle();
  await using folder = await temporaryFolder('unpacked');
  await using internal = await startInternalRegistry(folder.path);
  const cli = await airgapCli(join(folder.path, 'home'), [internal.login.password]);
  const unpacked = join(folder.path, 'unpacked');
  await mkdir(unpacked);
  await mustRun('tar', ['-C', unpacked, '-xf', tar]);

  await t.test('verifies and loads', async () => {
    await cli.mustRun('zenml-loader', ['verify', unpacked, '--key', publicKey]);
    const args = ['load', unpacked, '--key', publicKey, '--to', internal.prefix, '--ca-file', internal.authority.caFile];
    await cli.mustRun('zenml-loader', args, { env: internal.env });
    for (const { name, tags } of RELEASE_IMAGES) assert.deepEqual((await tagsOf(internal, `zenml/${name}`)).sort(), [...tags]);
  });

  await t.test('is refused with a file that is not listed', async () => {
    const added = join(unpacked, 'blobs/sha256', 'f'.repeat(64));
    await writeFile(added, 'more');
    const { code, stderr } = await cli.run('zenml-loader', ['verify', unpacked, '--key', publicKey]);
    assert.match(stderr, /UNLISTED_FILE/);
    assert.equal(code, 6, stderr);
    await rm(added);
  });

  await t.test('is refused without a file that is listed', async () => {
    const [blob = ''] = await readdir(join(unpacked, 'blobs/sha256'));
    await rm(join(unpacked, 'blobs/sha256', blob));
    const { code, stderr } = await cli.run('zenml-loader', ['verify', unpacked, '--key', publicKey]);
    assert.match(stderr, /MISSING_FILE/);
    assert.match(stderr, new RegExp(blob));
    assert.equal(code, 6, stderr);
    await mustRun('tar', ['-C', unpacked, '-xf', tar, `blobs/sha256/${blob}`]);
  });

  await t.test('is refused as a tar that someone else packed; the remedy is the folder', async () => {
    const repacked = join(folder.path, 'repacked.tar');
    await mustRun('tar', ['-C', unpacked, '-cf', repacked, 'bundle-manifest.json', ...(await otherNames(unpacked))]);
    const { code, stderr } = await cli.run('zenml-loader', ['verify', repacked, '--key', publicKey]);
    assert.match(stderr, /LAYOUT_MISMATCH/);
    assert.match(stderr, /remedy:.*folder/i);
    assert.equal(code, 6, stderr);
  });
});

async function otherNames(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'bundle-manifest.json');
}
