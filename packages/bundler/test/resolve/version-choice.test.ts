import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestVersions } from '../../src/resolve/nearest-versions.ts';
import { chooseVersion, readVersion, versionsAmong } from '../../src/resolve/version-choice.ts';

const TAGS = ['0.93.1', 'latest', '0.93.2', '0.94.0-rc1', '0.93.10', '0.93.2-py3.11', 'v0.95.0', 'py3.11'];
const from = { place: 'versions.workspaceServer', published: versionsAmong(TAGS), from: 'public.ecr.aws/zenml/zenml' };

test('versions are listed newest first, and tags that are none are left out', () => {
  assert.deepEqual(versionsAmong(TAGS), ['0.94.0-rc1', '0.93.10', '0.93.2', '0.93.1']);
  assert.deepEqual(versionsAmong(TAGS, { preReleases: false }), ['0.93.10', '0.93.2', '0.93.1']);
});

test('an exact version needs no list', () => {
  assert.deepEqual(readVersion('0.93.2'), { kind: 'exact', version: '0.93.2' });
  assert.deepEqual(readVersion('v0.93.2'), { kind: 'exact', version: '0.93.2' });
});

test('a range takes the highest version in it, by number and not by text', () => {
  assert.equal(chooseVersion('>=0.93 <0.94', '>=0.93 <0.94', from), '0.93.10');
  assert.equal(chooseVersion('~0.93.1', '~0.93.1', from), '0.93.10');
});

test('latest is no pre-release, and a range that names one takes it', () => {
  const latest = readVersion('latest');
  assert.equal(latest.kind === 'range' && chooseVersion('latest', latest.range, from), '0.93.10');
  assert.equal(chooseVersion('>=0.94.0-rc0', '>=0.94.0-rc0', from), '0.94.0-rc1');
});

test('a range that nothing is in names the nearest versions', () => {
  assert.throws(() => chooseVersion('>=0.95', '>=0.95', from), {
    code: 'NO_COMPATIBLE_VERSION',
    message:
      'versions.workspaceServer: nothing in public.ecr.aws/zenml/zenml satisfies ">=0.95"; nearest: 0.94.0-rc1, 0.93.10, 0.93.2',
  });
});

test('near is first by major, then minor, then patch', () => {
  assert.equal(
    nearestVersions('0.13.5', ['0.12.5', '0.13.1', '1.13.5', '0.14.5', '0.13.18']),
    '; nearest: 0.13.1, 0.13.18, 0.14.5',
  );
  assert.equal(nearestVersions('0.13.5', []), '');
});
