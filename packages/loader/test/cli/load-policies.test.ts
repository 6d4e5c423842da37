import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyProxy, type Refusal } from '../fixtures/policy-proxy.ts';
import { registryRig } from '../fixtures/registry-rig.ts';
import { records } from '../fixtures/run-program.ts';

const POLICY: Refusal = { status: 412, code: 'PROJECTPOLICYVIOLATION', message: 'The image is not signed by cosign.' };

test('where mounting is refused, what is shared is uploaded once for each repository', async () => {
  await using rig = await registryRig();
  const refusal: Refusal = { status: 405, code: 'UNSUPPORTED', message: 'no mounts here' };
  await using proxy = await policyProxy(rig.host, (_method, path) => (path.includes('mount=') ? refusal : undefined));
  const ran = await rig.loadTo(`${proxy.host}/zenml`, ['--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const commits = rig.log.filter(
    ({ method, path }) => method === 'PUT' && path.includes(`digest=${encodeURIComponent(rig.sample.base.digest)}`),
  );
  assert.equal(commits.length, 2);
  assert.equal(records(ran).at(-1)?.mountedBlobs, 0);
});

test('what a policy withholds after the push is told as stored; the next load knows it by its receipt', async () => {
  await using rig = await registryRig();
  let stored = false;
  await using proxy = await policyProxy(rig.host, (method, path) => {
    if (!path.includes('/zenml-pro-api/manifests/')) return undefined;
    if (method === 'PUT') stored ||= path.endsWith('/0.13.0');
    else if (stored) return POLICY;
    return undefined;
  });
  const first = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /zenml-pro-api:0\.13\.0 .* stored, withheld by policy: .*not signed by cosign/);

  const before = rig.log.length;
  const second = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /zenml-pro-api:0\.13\.0 .* stored, withheld by policy/);
  assert.ok(rig.log.slice(before).every(({ method }) => method === 'GET' || method === 'HEAD'));

  const stranger = await rig.loadTo(`${proxy.host}/zenml`, [], { env: { XDG_STATE_HOME: `${rig.home}/other` } });
  assert.equal(stranger.code, 8);
  assert.match(stranger.stderr, /error TAG_WITHHELD: .*not signed by cosign.*remedy: .*--receipt/s);
});

test('an immutable tag is not pushed again where it has the same digest', async () => {
  await using rig = await registryRig();
  assert.equal((await rig.load()).code, 0);
  const immutable: Refusal = { status: 412, code: 'PRECONDITION', message: 'configured as immutable.' };
  await using proxy = await policyProxy(rig.host, (method) => (method === 'PUT' ? immutable : undefined));
  const ran = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(ran.code, 0, ran.stderr);
});

test('overwriting an immutable tag says that the registry forbids it', async () => {
  await using rig = await registryRig();
  await rig.occupy('zenml/zenml-pro-api', '0.13.0');
  const immutable: Refusal = { status: 412, code: 'PRECONDITION', message: "'zenml-pro-api:0.13.0' configured as immutable." };
  await using proxy = await policyProxy(rig.host, (method, path) =>
    method === 'PUT' && path.endsWith('/manifests/0.13.0') ? immutable : undefined,
  );
  const ran = await rig.loadTo(`${proxy.host}/zenml`, ['--on-conflict', 'overwrite']);
  assert.equal(ran.code, 8);
  assert.match(ran.stderr, /error TAG_IMMUTABLE: /);
});

test('a project that Harbor does not have is named, and is not taken for a wrong password', async () => {
  await using rig = await registryRig();
  await using proxy = await policyProxy(rig.host, (_method, path) =>
    path.startsWith('/v2/zenml/')
      ? { status: 401, code: 'UNAUTHORIZED', message: 'project zenml not found: project zenml not found' }
      : undefined,
  );
  const ran = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(ran.code, 5, ran.stderr);
  assert.match(ran.stderr, /error NOT_FOUND: .*project zenml not found.*remedy: Create the project/s);
});

test('a quota that is used up ends the load with its remedy, and no tag has appeared', async () => {
  await using rig = await registryRig();
  await using proxy = await policyProxy(rig.host, (method, path) =>
    method === 'PUT' && path.includes('/blobs/uploads/')
      ? {
          status: 403,
          code: 'DENIED',
          message: 'adding 4.9 KiB of storage resource, which will exceed the configured upper limit',
        }
      : undefined,
  );
  const ran = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(ran.code, 4);
  assert.match(ran.stderr, /error DENIED: .*storage resource.*remedy: .*quota/s);
  assert.ok(!rig.log.some(({ method, path }) => method === 'PUT' && path.includes('/manifests/')));
});

test('children that were collected between push and tag are sent again', async () => {
  await using rig = await registryRig();
  let refused = 0;
  await using proxy = await policyProxy(rig.host, (method, path) => {
    if (method !== 'PUT' || !path.endsWith('/zenml-pro-api/manifests/0.13.0') || refused > 0) return undefined;
    refused += 1;
    return { status: 400, code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry' };
  });
  const ran = await rig.loadTo(`${proxy.host}/zenml`);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(refused, 1);
  assert.equal(await rig.digestOf('zenml/zenml-pro-api', '0.13.0'), rig.sample.apiIndex.digest);
});
