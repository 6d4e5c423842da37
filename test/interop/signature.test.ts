import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mustRun, runProgram } from '../fixtures/run-program.ts';
import { temporaryFolder } from '../real/rig/run-folder.ts';
import { sharedBundle } from '../real/rig/shared-bundle.ts';

const MANIFEST = 'bundle-manifest.json';
const SIGNATURE = 'bundle-manifest.json.sigstore.json';

test('stock cosign accepts the signature, and not that over a changed manifest', async () => {
  const { tar, publicKey } = await sharedBundle();
  await using folder = await temporaryFolder('cosign');
  await mustRun('tar', ['-C', folder.path, '-xf', tar, MANIFEST, SIGNATURE]);
  const path = (name: string): string => join(folder.path, name);
  // It must not go online, nor look into this user's home for a trust root.
  const env = { PATH: process.env.PATH, HOME: folder.path, HTTPS_PROXY: 'http://127.0.0.1:9' };
  const args = ['verify-blob', '--key', publicKey, '--bundle', path(SIGNATURE), '--insecure-ignore-tlog=true', path(MANIFEST)];
  await mustRun('cosign', args, { env });
  await appendFile(path(MANIFEST), ' ');
  assert.notEqual((await runProgram('cosign', args, { env })).code, 0);
});
