import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeRequest, type Request, requestHash } from '@zenml-airgap/bundle-spec';

const MINIMAL: Request = { versions: { controlPlane: '0.13.0', workspaceServer: '0.93.2' } };

test('fills in the documented defaults', () => {
  assert.deepEqual(completeRequest(MINIMAL), {
    scenario: 'self-hosted',
    source: 'gcp',
    versions: { controlPlane: '0.13.0', workspaceServer: ['0.93.2'] },
    client: { python: [] },
    platforms: [],
    charts: ['zenml-pro', 'zenml'],
    images: [],
    allowMissing: [],
    registries: [],
    mirrors: {},
    signing: null,
  });
  const hybrid = completeRequest({ scenario: 'hybrid', versions: { workspaceServer: ['0.93.2'] } });
  assert.deepEqual(hybrid.charts, ['zenml']);
  assert.equal(hybrid.versions.controlPlane, null);
  assert.deepEqual(completeRequest({ ...MINIMAL, charts: [] }).charts, []);
});

test('puts charts below the images where no place of their own is named', () => {
  const registries = (registry: Request['registry']) =>
    completeRequest({ ...MINIMAL, ...(registry ? { registry } : {}) }).registries;
  assert.deepEqual(registries('a.example/z'), [{ images: 'a.example/z', charts: 'a.example/z/charts' }]);
  assert.deepEqual(registries([{ images: 'a.example/z' }, { images: 'b.example/i', charts: 'b.example/c' }]), [
    { images: 'a.example/z', charts: 'a.example/z/charts' },
    { images: 'b.example/i', charts: 'b.example/c' },
  ]);
});

test('the hash is the same for the same content, however it was written', () => {
  const hash = requestHash(MINIMAL);
  assert.equal(
    hash,
    requestHash({ source: 'gcp', versions: { workspaceServer: ['0.93.2'], controlPlane: '0.13.0' }, scenario: 'self-hosted' }),
  );
  assert.equal(hash, requestHash({ ...MINIMAL, registry: 'a.example/z', mirrors: { a: 'b' }, signing: { key: 'k' } }));
  assert.equal(requestHash({ ...MINIMAL, images: ['a:1'] }), requestHash({ ...MINIMAL, images: ['a:1'] }));
});

test('the hash is another for anything that changes what is carried', () => {
  const others: Request[] = [
    { versions: { controlPlane: '0.13.1', workspaceServer: '0.93.2' } },
    { versions: { controlPlane: '0.13.0', workspaceServer: ['0.93.2', '0.93.1'] } },
    { ...MINIMAL, source: 'aws' },
    { ...MINIMAL, charts: ['zenml'] },
    { ...MINIMAL, client: { python: ['3.11'] } },
    { ...MINIMAL, images: ['a:1'] },
    { ...MINIMAL, images: [{ image: 'a:1', name: 'b' }] },
    { ...MINIMAL, allowMissing: [{ image: 'a', reason: 'b' }] },
  ];
  assert.equal(new Set([MINIMAL, ...others].map(requestHash)).size, others.length + 1);
});

test('the hash is pinned: a change of it would outdate every lock', () => {
  assert.equal(requestHash(MINIMAL), 'sha256:0f31f0a71fbf7eb682b08017c37efba126be37247cc570cdc996b475af0dce10');
});
