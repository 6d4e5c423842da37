import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageSource } from '@zenml-airgap/image-sources';
import fc from 'fast-check';
import { OrasError } from 'oras-js';

test('reads references as skopeo writes them', () => {
  const cases: [string, ReturnType<typeof parseImageSource>][] = [
    ['docker-daemon:corp/server:1-ca', { transport: 'docker-daemon', name: 'docker.io/corp/server:1-ca' }],
    ['docker-daemon:busybox', { transport: 'docker-daemon', name: 'docker.io/library/busybox:latest' }],
    ['docker-daemon:localhost:5000/a/b:2', { transport: 'docker-daemon', name: 'localhost:5000/a/b:2' }],
    ['docker-archive:images/saved.tar', { transport: 'docker-archive', path: 'images/saved.tar' }],
    ['docker-archive:saved.tar:corp/a:1', { transport: 'docker-archive', path: 'saved.tar', name: 'docker.io/corp/a:1' }],
    [
      'docker-archive:saved.tar:localhost:5000/a:1',
      { transport: 'docker-archive', path: 'saved.tar', name: 'localhost:5000/a:1' },
    ],
    ['oci:layout', { transport: 'oci', path: 'layout' }],
    ['oci:/abs/layout:corp/a:1', { transport: 'oci', path: '/abs/layout', tag: 'corp/a:1' }],
    ['oci-archive:C:\\images\\a.tar:1', { transport: 'oci-archive', path: 'C:\\images\\a.tar', tag: '1' }],
    ['docker.io/corp/server:1', undefined],
    ['oci.example.com:5000/a', undefined],
    ['docker-daemon.example/a:1', undefined],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parseImageSource(text), expected, text);
});

test('refuses what names nothing', () => {
  for (const text of [
    'oci:',
    'oci-archive::1',
    'docker-archive:a.tar:',
    'docker-daemon:',
    'docker-daemon:a/UPPER',
    'docker-archive:a:b@c',
  ]) {
    assert.throws(() => parseImageSource(text), { code: 'INVALID_REFERENCE' }, text);
  }
  const pinned = `docker-daemon:a:1@sha256:${'0'.repeat(64)}`;
  assert.throws(() => parseImageSource(pinned), { code: 'INVALID_REFERENCE', message: /has no digest yet/ });
});

test('whatever comes, a value or an error of ours', () => {
  const text = fc
    .tuple(fc.constantFrom('docker-daemon:', 'docker-archive:', 'oci:', 'oci-archive:', ''), fc.string())
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (reference) => {
      try {
        parseImageSource(reference);
      } catch (error) {
        assert.ok(error instanceof OrasError, String(error));
      }
    }),
  );
});
