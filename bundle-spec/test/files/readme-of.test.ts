import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { layoutOf, readmeOf } from '@zenml-airgap/bundle-spec';
import { type SampleBundle, sampleBundle } from '../fixtures/sample-bundle.ts';
import { writeTar } from '../fixtures/write-tar.ts';

const run = promisify(execFile);

/** A key, a tar signed with it, and programs that stand in for docker and helm and write down what they were given. */
async function rig(t: { after(fn: () => Promise<void>): void }) {
  const folder = await mkdtemp(join(tmpdir(), 'airgap-readme-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, 'airgap.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(folder, 'docker'), '#!/bin/sh\necho "docker $*" >> calls\n[ "$1" != load ] || tar -tf - > loaded\n');
  await writeFile(join(folder, 'helm'), '#!/bin/sh\necho "helm $*" >> calls\n');
  await chmod(join(folder, 'docker'), 0o755);
  await chmod(join(folder, 'helm'), 0o755);
  const bundle = sampleBundle();
  const tar = writeTar(bundle, signatureEntry(bundle, sign('sha256', bundle.manifestBytes, privateKey)));
  return { folder, bundle, tar };
}

/** As bundle-file writes it: a Sigstore bundle v0.3, padded. */
function signatureEntry({ manifestBytes }: SampleBundle, signature: Buffer): Uint8Array {
  const json = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: 'hint' }, tlogEntries: [] },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(manifestBytes).digest('base64') },
      signature: signature.toString('base64'),
    },
  });
  return Buffer.from(json.padEnd(8192));
}

/** The indented lines, in one shell that stops at the first failure, as the text says. */
function commandsOf(readme: string): string {
  return readme
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .join('\n');
}

async function follow(folder: string, tar: Uint8Array, readme: Uint8Array): Promise<string> {
  await writeFile(join(folder, 'bundle.tar'), tar);
  await writeFile(join(folder, 'steps.sh'), commandsOf(new TextDecoder().decode(readme)));
  const { stdout } = await run('sh', ['-e', 'steps.sh'], {
    cwd: folder,
    env: { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin` },
  });
  return stdout;
}

test('README.txt’s commands verify and load the bundle as written', async (t) => {
  const { folder, bundle, tar } = await rig(t);
  const stdout = await follow(folder, tar, readmeOf(bundle.manifest));
  assert.match(stdout, /^Verified OK$/m);
  assert.match(stdout, /^SHA256SUMS: OK$/m);
  const loaded = (await readFile(join(folder, 'loaded'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(loaded, [
    ...[...bundle.files.keys()].slice(3),
    ...bundle.manifest.blobs.map(({ digest }) => `blobs/sha256/${digest.slice(7)}`),
  ]);
  const calls = await readFile(join(folder, 'calls'), 'utf8');
  assert.match(calls, /^docker load$/m);
  assert.match(calls, /^docker tag docker\.io\/zenmldocker\/zenml:0\.93\.2 harbor\.corp\.example\/zenml\/zenml:0\.93\.2$/m);
  assert.match(calls, /^docker push harbor\.corp\.example\/zenml\/zenml-pro-api:0\.13\.0$/m);
  assert.match(calls, /^helm push unpacked\/charts\/zenml-pro-0\.13\.0\.tgz oci:\/\/harbor\.corp\.example\/zenml\/charts$/m);
});

for (const path of ['bundle-manifest.json', 'SHA256SUMS', 'index.json', 'manifest.json', 'charts/zenml-0.93.2.tgz', 'blobs/']) {
  test(`README.txt’s commands stop before docker where a byte of ${path} differs`, async (t) => {
    const { folder, bundle, tar } = await rig(t);
    const entry = layoutOf(bundle.manifest, bundle.manifestBytes.length).entries.find((candidate) =>
      candidate.path.startsWith(path),
    );
    assert.ok(entry);
    const changed = entry.dataOffset + (path === 'bundle-manifest.json' ? 120 : 5);
    tar[changed] = (tar[changed] ?? 0) ^ 1;
    await assert.rejects(follow(folder, tar, readmeOf(bundle.manifest)));
    await assert.rejects(readFile(join(folder, 'calls')), { code: 'ENOENT' });
  });
}

test('README.txt’s commands stop where the key is another', async (t) => {
  const { folder, bundle, tar } = await rig(t);
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(join(folder, 'airgap.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await assert.rejects(follow(folder, tar, readmeOf(bundle.manifest)));
  await assert.rejects(readFile(join(folder, 'calls')), { code: 'ENOENT' });
});

test('README.txt says which Node.js has to be inside', () => {
  const text = new TextDecoder().decode(readmeOf({ created: '2026-11-25T12:00:00Z', artifacts: [], registries: [] }));
  assert.match(text, /\nNode\.js 24\.15 or later, which has to be there or be carried as well:\n/);
});

test('README.txt says so where there are no images, no charts, or no registry', () => {
  const { manifest } = sampleBundle();
  const none = new TextDecoder().decode(readmeOf({ ...manifest, artifacts: [], registries: [] }));
  assert.match(none, /This bundle has no images/);
  assert.match(none, /This bundle has no charts/);
  assert.match(none, /REGISTRY:-REGISTRY\.EXAMPLE\/zenml/);
});
