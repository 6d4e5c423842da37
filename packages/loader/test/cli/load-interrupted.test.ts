import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { test } from 'node:test';
import { BundleReader } from '@zenml-airgap/bundle-file';
import { blobPath, layoutOf } from '@zenml-airgap/bundle-spec';
import { MediaType } from 'oras-js';
import { type RegistryRig, registryRig } from '../fixtures/registry-rig.ts';
import { runProcess } from '../fixtures/run-process.ts';
import type { SampleSource } from '../fixtures/sample-source.ts';

const BIG_BYTES = 32 * 1024 * 1024;
const KILL_AT_BYTES = 8 * 1024 * 1024;

/** One more image, with a layer that takes a while. */
function addBigImage(source: SampleSource): void {
  const layer = source.blob(randomBytes(BIG_BYTES));
  source.artifact('image', 'big', '1.0', source.image(source.blob('{"big":true}', MediaType.ociConfig), [layer]));
}

function manifestPuts({ log }: RegistryRig): number {
  return log.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/')).length;
}

test('killed after the server has seen 8 MB: no tag, no manifest; run again, it succeeds', async () => {
  let child: ChildProcess | undefined;
  let killed = false;
  await using rig = await registryRig({
    fill: addBigImage,
    onBytes: ({ method, requestBytes }) => {
      if (method !== 'PATCH' || requestBytes < KILL_AT_BYTES || killed) return;
      killed = true;
      child?.kill('SIGKILL');
    },
  });
  const args = ['load', rig.bundle.path, '--key', rig.bundle.key, '--to', `${rig.host}/zenml`];
  const ended = await runProcess(args, {
    home: rig.home,
    onStart: (started) => {
      child = started;
    },
  });
  assert.equal(ended.signal, 'SIGKILL', `it ended before it was killed: ${ended.stderr}`);
  assert.equal(manifestPuts(rig), 0);
  const again = await rig.load();
  assert.equal(again.code, 0, again.stderr);
  assert.equal(await rig.digestOf('zenml/zenml-pro-api', '0.13.0'), rig.sample.apiIndex.digest);
});

test('Ctrl-C ends it with 130 and leaves no tag', async () => {
  let interrupt: (() => void) | undefined;
  await using rig = await registryRig({
    fill: addBigImage,
    onBytes: ({ method, requestBytes }) => {
      if (method !== 'PATCH' || requestBytes < KILL_AT_BYTES) return;
      // Once: what is still on its way would interrupt again, and the second Ctrl-C ends the process at once.
      interrupt?.();
      interrupt = undefined;
    },
  });
  const ran = await rig.load([], {
    onStart: (signal) => {
      interrupt = signal;
    },
  });
  assert.equal(ran.code, 130, ran.stderr);
  assert.match(ran.stderr, /error ABORTED/);
  assert.match(ran.stderr, /remedy: Run the same command again; the receipt \S+\.jsonl lists what was moved\.\n/);
  assert.equal(manifestPuts(rig), 0);
});

test('a byte changed in a layer ends the load with the blob’s digest, before any manifest is written', async () => {
  await using rig = await registryRig();
  await flipByte(rig);
  const ran = await rig.load();
  assert.equal(ran.code, 6);
  assert.match(ran.stderr, new RegExp(`error DIGEST_MISMATCH: .*${rig.sample.base.digest}`));
  assert.equal(manifestPuts(rig), 0);
});

/** Changes one byte of the layer that two images share. */
async function flipByte({ bundle, sample }: RegistryRig): Promise<void> {
  await using reader = await BundleReader.open(bundle.path, { keys: [], allowUnsigned: true });
  const entry = layoutOf(reader.manifest, reader.manifestBytes.length).byPath.get(blobPath(sample.base.digest));
  await using file = await open(bundle.path, 'r+');
  await file.write(Buffer.from('!'), 0, 1, entry?.dataOffset ?? 0);
}
