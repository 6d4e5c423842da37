import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorOf, unusedMirrors } from '../../src/resolve/mirrors.ts';

const API = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro/zenml-pro-api';

test('a repository without a mirror is read where it is', () => {
  assert.equal(mirrorOf(API, { 'docker.io': 'mirror.example/hub' }), API);
});

test('a host’s mirror keeps the path', () => {
  const mirrors = { 'europe-west3-docker.pkg.dev': '127.0.0.1:5000/gar', 'docker.io': '127.0.0.1:5000' };
  assert.equal(mirrorOf(API, mirrors), '127.0.0.1:5000/gar/zenml-cloud/zenml-pro/zenml-pro-api');
  assert.equal(mirrorOf('docker.io/library/busybox', mirrors), '127.0.0.1:5000/library/busybox');
});

test('the longest key wins, whatever the order', () => {
  const short = { 'europe-west3-docker.pkg.dev': 'short.example' };
  const long = { 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro': 'long.example/pro' };
  assert.equal(mirrorOf(API, { ...short, ...long }), 'long.example/pro/zenml-pro-api');
  assert.equal(mirrorOf(API, { ...long, ...short }), 'long.example/pro/zenml-pro-api');
});

test('a key ends where a path segment ends', () => {
  const mirrors = { 'docker.io/zenml': 'mirror.example' };
  assert.equal(mirrorOf('docker.io/zenmldocker/zenml', mirrors), 'docker.io/zenmldocker/zenml');
});

test('Docker Hub’s other names mean Docker Hub, and a host’s case means nothing', () => {
  for (const key of ['index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com', 'Docker.io']) {
    assert.equal(mirrorOf('docker.io/zenmldocker/zenml', { [key]: 'mirror.example' }), 'mirror.example/zenmldocker/zenml', key);
  }
  assert.equal(mirrorOf('Quay.io/a/b', { 'quay.io/a': 'mirror.example' }), 'mirror.example/b');
});

test('a key that nothing comes from is named', () => {
  assert.deepEqual(unusedMirrors([API], { 'docker.oi': 'a.example', 'europe-west3-docker.pkg.dev': 'b.example' }), ['docker.oi']);
});
