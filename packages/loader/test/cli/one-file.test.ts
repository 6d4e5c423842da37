import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempDisposable, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startRegistry } from '@zenml-airgap/registry-server';
import { runProcess } from '../fixtures/run-process.ts';
import { sampleSource } from '../fixtures/sample-source.ts';
import { writeSampleBundle } from '../fixtures/write-sample-bundle.ts';

const BUILD = join(import.meta.dirname, '../../../../scripts/build-programs.ts');

test('the one file runs from a folder with nothing beside it: help, verify, load', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'one-file-'));
  await using elsewhere = await mkdtempDisposable(join(tmpdir(), 'bundle-'));
  const program = join(folder.path, 'zenml-loader.mjs');
  await promisify(execFile)(process.execPath, [BUILD, 'zenml-loader', program]);
  assert.deepEqual(await readdir(folder.path), ['zenml-loader.mjs']);
  assert.equal((await stat(program)).mode & 0o111, 0o111);
  const text = await readFile(program, 'utf8');
  assert.ok(text.startsWith('#!/usr/bin/env node\n'));
  assert.match(text, /== commander .*\(MIT\)[\s\S]*Permission is hereby granted/);

  const help = await runProcess(['--help'], { home: folder.path, program });
  assert.equal(help.code, 0, help.stderr);
  assert.match(help.stdout, /zenml-loader load bundle\.tar/);
  const bundle = await writeSampleBundle(elsewhere.path, sampleSource().source);
  const verified = await runProcess(['verify', bundle.path, '--key', bundle.key], { home: folder.path, program });
  assert.equal(verified.code, 0, verified.stderr);
  assert.match(verified.stdout, /bundle\.tar: verified/);
  await using registry = await startRegistry();
  const args = ['load', bundle.path, '--key', bundle.key, '--to', `${registry.host}/zenml`];
  const loaded = await runProcess(args, { home: folder.path, program });
  assert.equal(loaded.code, 0, loaded.stderr);
  assert.match(loaded.stdout, /^next +\S*node zenml-loader\.mjs values /m);
});

test('the one file refuses an old Node before anything else of it runs, and says what to do', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'one-file-'));
  const program = join(folder.path, 'zenml-loader.mjs');
  await promisify(execFile)(process.execPath, [BUILD, 'zenml-loader', program]);
  // The version is all that it looks at: another one is put before it, as no old Node is at hand everywhere.
  const pretend = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "22.1.0" });';
  const run = promisify(execFile)(process.execPath, ['--import', pretend, program, '--help']);
  await assert.rejects(run, (error: Error & { code?: number; stderr?: string }) => {
    assert.equal(error.code, 2);
    assert.match(error.stderr ?? '', /needs Node 24\.15 or later; this is Node 22\.1\.0\.\nRemedy: /);
    return true;
  });
});
