import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { canonicalImage, isAllowedBy, isSameImage } from '../../src/images/same-image.ts';

suite('isSameImage', () => {
  test('knows Docker’s short forms', () => {
    assert.equal(canonicalImage('busybox'), 'docker.io/library/busybox:latest');
    assert.ok(isSameImage('busybox', 'docker.io/library/busybox:latest'));
    assert.ok(!isSameImage('busybox', 'busybox:1.36'));
    assert.ok(!isSameImage('busybox', 'quay.io/library/busybox'));
  });

  test('compares text that is no reference as text', () => {
    assert.ok(isSameImage('Not A Reference', 'Not A Reference'));
    assert.ok(!isSameImage('Not A Reference', 'busybox'));
  });
});

suite('isAllowedBy', () => {
  test('an entry without a tag allows every version of its repository', () => {
    assert.ok(isAllowedBy('busybox', 'busybox:1.36'));
    assert.ok(isAllowedBy('zenmldocker/zenml-server', 'docker.io/zenmldocker/zenml-server:0.93.2'));
    assert.ok(!isAllowedBy('busybox', 'acme/busybox'));
  });

  test('an entry with a tag allows that tag alone', () => {
    assert.ok(isAllowedBy('busybox:1.36', 'docker.io/library/busybox:1.36'));
    assert.ok(!isAllowedBy('busybox:1.36', 'busybox'));
  });
});
