import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtempDisposable, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { generateKeyPair } from '@zenml-airgap/bundle-file';
import { records, runProgram } from '../fixtures/run-program.ts';
import { sampleSource } from '../fixtures/sample-source.ts';
import { writeSampleBundle } from '../fixtures/write-sample-bundle.ts';

test('verify names the key, the date and the counts', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const bundle = await writeSampleBundle(folder.path, sampleSource().source);
  const ran = await runProgram(['verify', bundle.path, '--key', bundle.key], { home: folder.path });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /^bundle\.tar: verified$/m);
  assert.match(ran.stdout, /^signed by +key [A-Za-z0-9+/=]{44}/m);
  assert.match(ran.stdout, /^created +2026-11-25T12:00:00Z$/m);
  assert.match(ran.stdout, /^holds +2 images, 1 charts?: \d+ blobs, /m);
});

test('verify finds the installed key', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const bundle = await writeSampleBundle(folder.path, sampleSource().source);
  const keys = join(folder.path, 'config/zenml-airgap/keys');
  await mkdir(keys, { recursive: true });
  await copyFile(bundle.key, join(keys, 'builder.pub'));
  const ran = await runProgram(['verify', bundle.path, '--json'], { home: folder.path });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(records(ran).at(-1)?.event, 'verified');
});

test('verify refuses without a key, with a foreign key, and an unsigned bundle, each with its own code', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const bundle = await writeSampleBundle(folder.path, sampleSource().source);
  const none = await runProgram(['verify', bundle.path], { home: folder.path });
  assert.equal(none.code, 7);
  assert.match(none.stderr, /error NO_TRUSTED_KEYS: .*config\/zenml-airgap\/keys/);
  const foreign = join(folder.path, 'foreign.pub');
  await writeFile(foreign, (await generateKeyPair({})).publicKeyPem);
  const untrusted = await runProgram(['verify', bundle.path, '--key', foreign], { home: folder.path });
  assert.equal(untrusted.code, 7);
  assert.match(untrusted.stderr, /error SIGNATURE_UNTRUSTED: /);
  await using other = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const unsigned = await writeSampleBundle(other.path, sampleSource().source, { unsigned: true });
  const missing = await runProgram(['verify', unsigned.path, '--key', unsigned.key], { home: folder.path });
  assert.equal(missing.code, 7);
  assert.match(missing.stderr, /error SIGNATURE_MISSING: /);
  const allowed = await runProgram(['verify', unsigned.path, '--insecure-allow-unsigned'], { home: folder.path });
  assert.equal(allowed.code, 0, allowed.stderr);
  assert.match(allowed.stdout, /whole, but NOT VERIFIED\n\nsignature +not signed\n/);
  assert.match(allowed.stderr, /^warning: the bundle is not signed: anyone may have made it$/m);
  const named = await runProgram(['verify', bundle.path, '--key', foreign, '--insecure-allow-unsigned'], { home: folder.path });
  assert.equal(named.code, 7);
  assert.match(named.stderr, /error SIGNATURE_UNTRUSTED: /);
  const unchecked = await runProgram(['verify', bundle.path, '--insecure-allow-unsigned'], { home: folder.path });
  assert.equal(unchecked.code, 0, unchecked.stderr);
  assert.match(unchecked.stdout, /whole, but NOT VERIFIED\n\nsignature +signed by the key "[^"]+", which is not trusted\n/);
});

test('verify finds a changed byte in a layer', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const bundle = await writeSampleBundle(folder.path, sampleSource().source);
  const file = await open(bundle.path, 'r+');
  const { size } = await file.stat();
  const tar = Buffer.alloc(size);
  await file.read(tar, 0, size, 0);
  await file.write(Buffer.from('T'), 0, 1, tar.lastIndexOf('the base layer, which both images share'));
  await file.close();
  const ran = await runProgram(['verify', bundle.path, '--key', bundle.key], { home: folder.path });
  assert.equal(ran.code, 6);
  assert.match(ran.stderr, /error DIGEST_MISMATCH: /);
});

test('inspect needs no key, and says that nothing was checked', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const source = sampleSource().source;
  const registries = [{ images: 'harbor.example/zenml', charts: 'harbor.example/charts' }];
  const bundle = await writeSampleBundle(folder.path, source, { registries });
  const ran = await runProgram(['inspect', bundle.path], { home: folder.path });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /^signed by +NOT CHECKED$/m);
  assert.match(ran.stderr, /The signature was NOT checked/);
  assert.match(ran.stdout, /^for +harbor\.example\/zenml, charts harbor\.example\/charts$/m);
  assert.match(ran.stdout, /^image +zenml-pro-api +0\.13\.0 +/m);
  await using other = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const unsigned = await writeSampleBundle(other.path, source, { unsigned: true });
  const shown = await runProgram(['inspect', unsigned.path], { home: folder.path });
  assert.match(shown.stdout, /^signed by +NOBODY$/m);
  assert.match(shown.stderr, /The bundle is NOT signed/);
  const checked = await runProgram(['inspect', bundle.path, '--key', bundle.key, '--json'], { home: folder.path });
  assert.equal(checked.code, 0, checked.stderr);
  assert.equal(typeof records(checked)[0]?.signedBy, 'string');
  assert.equal(records(checked).filter(({ event }) => event === 'artifact').length, 3);
});

test('a file that is no bundle, and one that is not there, are told apart', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'verify-'));
  const path = join(folder.path, 'notes.tar');
  await writeFile(path, 'hello');
  const strange = await runProgram(['inspect', path], { home: folder.path });
  assert.equal(strange.code, 6);
  assert.match(strange.stderr, /error NOT_A_BUNDLE: /);
  await writeFile(path, gzipSync('hello'));
  const packed = await runProgram(['inspect', path], { home: folder.path });
  assert.match(packed.stderr, /error NOT_A_BUNDLE: .*\nremedy: Unpack it with gunzip/);
  const absent = await runProgram(['inspect', join(folder.path, 'absent.tar')], { home: folder.path });
  assert.equal(absent.code, 3);
  assert.match(absent.stderr, /error FILE_NOT_FOUND: .*absent\.tar\n.*remedy: Check the path/s);
});
