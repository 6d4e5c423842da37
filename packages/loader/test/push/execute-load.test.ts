import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AirgapError, type ReceiptEntry } from '@zenml-airgap/bundle-spec';
import { MediaType, OrasError } from 'oras-js';
import { executeLoad } from '../../src/push/execute-load.ts';
import { planLoad } from '../../src/push/plan-load.ts';
import { registryError } from '../fixtures/fake-registry.ts';
import { LoadRig } from '../fixtures/load-rig.ts';

const CLIENT = 'r.example/zenml/zenml';
const API = 'r.example/zenml/zenml-pro-api';
const CHART = 'r.example/zenml/charts/zenml';

test('pushes every artifact under its reference, with the digest that the bundle has', async () => {
  const rig = new LoadRig();
  const result = await rig.load();
  const { client, apiIndex, chart } = rig.sample;
  assert.equal(rig.registry.tags.get(`${CLIENT}:0.93.2`)?.digest, client.digest);
  assert.equal(rig.registry.tags.get(`${API}:0.13.0`)?.digest, apiIndex.digest);
  assert.equal(rig.registry.tags.get(`${CHART}:0.93.2`)?.digest, chart.digest);
  assert.deepEqual(
    result.references.map(({ outcome }) => outcome),
    ['tagged', 'tagged', 'tagged'],
  );
});

test('uploads a blob that two repositories share once, and mounts it for the other', async () => {
  const rig = new LoadRig();
  const result = await rig.load();
  const { base } = rig.sample;
  assert.equal(rig.registry.writes.filter(({ operation, what }) => operation === 'PUT blob' && what === base.digest).length, 1);
  assert.equal(rig.registry.count('MOUNT'), 1);
  assert.equal(result.mountedBlobs, 1);
  assert.equal(rig.sample.source.opened.filter((digest) => digest === base.digest).length, 1);
});

test('uploads once for each repository where mounting is refused', async () => {
  const rig = new LoadRig();
  rig.registry.mounts = false;
  const result = await rig.load();
  const { base } = rig.sample;
  const uploads = rig.registry.writes.filter(({ operation, what }) => operation === 'PUT blob' && what === base.digest);
  assert.deepEqual(uploads.map(({ repository }) => repository).sort(), [CLIENT, API].sort());
  assert.equal(result.mountedBlobs, 0);
});

test('mounts what another repository of the destination had before this load', async () => {
  const rig = new LoadRig();
  const { base, source } = rig.sample;
  rig.registry.contents.set(API, new Map([[base.digest, source.contents.get(base.digest) ?? new Uint8Array()]]));
  await rig.load();
  assert.equal(rig.registry.writes.filter(({ operation, what }) => operation === 'PUT blob' && what === base.digest).length, 0);
  assert.ok(rig.registry.holds(CLIENT, base.digest));
});

test('sends all blobs before the first manifest, and all manifests before the first tag; charts are tagged last', async () => {
  const rig = new LoadRig();
  await rig.load();
  const phases = rig.registry.writes.map(({ operation, repository }) =>
    operation === 'PUT tag' ? (repository === CHART ? 3 : 2) : operation === 'PUT manifest' ? 1 : 0,
  );
  assert.deepEqual(
    phases,
    phases.toSorted((a, b) => a - b),
  );
  assert.deepEqual(new Set(phases), new Set([0, 1, 2, 3]));
});

test('a second load writes nothing', async () => {
  const rig = new LoadRig();
  await rig.load();
  rig.registry.log.length = 0;
  const result = await rig.load();
  assert.deepEqual(rig.registry.writes, []);
  assert.ok(rig.registry.log.length > 0);
  assert.deepEqual(
    new Set(rig.registry.log.map(({ operation }) => operation)),
    new Set(['GET tag', 'HEAD blob', 'HEAD manifest']),
  );
  assert.deepEqual(
    result.references.map(({ outcome }) => outcome),
    ['unchanged', 'unchanged', 'unchanged'],
  );
  assert.equal(result.uploadedBlobs, 0);
});

test('reports all conflicts at once, and has pushed nothing by then', async () => {
  const rig = new LoadRig();
  const { chart, client, apiIndex } = rig.sample;
  rig.registry.tags.set(`${CLIENT}:0.93.2`, chart);
  rig.registry.tags.set(`${API}:0.13.0`, client);
  await assert.rejects(rig.load(), (error) => {
    assert.ok(error instanceof OrasError);
    assert.equal(error.code as string, 'CONFLICT');
    for (const text of [`${CLIENT}:0.93.2`, `${API}:0.13.0`, chart.digest, client.digest, apiIndex.digest]) {
      assert.ok(error.message.includes(text), `${text} is missing in: ${error.message}`);
    }
    return true;
  });
  assert.deepEqual(rig.registry.writes, []);
});

test('--on-conflict skip leaves the tag, sends nothing for it, and loads the rest', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:0.13.0`, rig.sample.client);
  const result = await rig.load('skip');
  assert.equal(rig.registry.tags.get(`${API}:0.13.0`)?.digest, rig.sample.client.digest);
  assert.ok(!rig.registry.writes.some(({ repository }) => repository === API));
  assert.equal(rig.registry.tags.get(`${CHART}:0.93.2`)?.digest, rig.sample.chart.digest);
  assert.ok(result.references.some(({ outcome }) => outcome === 'skipped'));
  const line = rig.receipt.find((entry) => entry.event === 'tagged' && entry.destination === `${API}:0.13.0`);
  assert.ok(line?.event === 'tagged');
  assert.deepEqual([line.outcome, line.digest], ['skipped', rig.sample.client.digest]);
});

test('--on-conflict overwrite moves the tag, and the receipt says so', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:0.13.0`, rig.sample.client);
  await rig.load('overwrite');
  assert.equal(rig.registry.tags.get(`${API}:0.13.0`)?.digest, rig.sample.apiIndex.digest);
  assert.ok(
    rig.receipt.some((entry) => entry.event === 'tagged' && entry.destination === `${API}:0.13.0` && entry.outcome === 'moved'),
  );
});

test('a tag that someone else pushes during the load stops it before any tag is moved', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation }, registry) => {
    if (operation === 'PUT manifest') registry.tags.set(`${API}:0.13.0`, rig.sample.client);
  };
  await assert.rejects(rig.load(), { code: 'CONFLICT' });
  assert.equal(rig.registry.count('PUT tag'), 0);
});

test('a damaged blob stops the load before any manifest is written', async () => {
  const rig = new LoadRig();
  rig.sample.source.contents.set(rig.sample.base.digest, new TextEncoder().encode('something else'));
  await assert.rejects(rig.load(), { code: 'DIGEST_MISMATCH' });
  assert.equal(rig.registry.count('PUT manifest') + rig.registry.count('PUT tag'), 0);
});

test('sends children again that the registry collected before they were tagged', async () => {
  const rig = new LoadRig();
  const { apiAmd64 } = rig.sample;
  let collected = false;
  rig.registry.intervene = ({ operation, repository }, registry) => {
    if (operation !== 'PUT tag' || repository !== API || collected) return;
    collected = true;
    registry.forget(API, apiAmd64.digest);
  };
  await rig.load();
  assert.ok(collected);
  assert.ok(rig.registry.holds(API, apiAmd64.digest));
  assert.equal(rig.registry.tags.get(`${API}:0.13.0`)?.digest, rig.sample.apiIndex.digest);
  assert.ok(rig.events.some(({ type }) => type === 'repaired'));
});

test('uploads a blob again that the registry names as unknown although HEAD had found it', async () => {
  const rig = new LoadRig();
  const { base } = rig.sample;
  let lied = false;
  rig.registry.intervene = ({ operation, repository }) => {
    if (operation !== 'PUT manifest' || repository !== CLIENT || lied) return;
    lied = true;
    throw registryError(400, `MANIFEST_BLOB_UNKNOWN: ${base.digest}`);
  };
  await rig.load();
  const uploads = rig.registry.writes.filter(({ operation, what }) => operation === 'PUT blob' && what === base.digest);
  assert.ok(lied);
  assert.ok(uploads.some(({ repository }) => repository === CLIENT));
});

test('a manifest that is refused twice fails the load, and no tag has moved', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation }) => {
    if (operation === 'PUT manifest') throw registryError(400, 'MANIFEST_INVALID');
  };
  await assert.rejects(rig.load(), { code: 'REGISTRY_ERROR' });
  assert.equal(rig.registry.tags.size, 0);
});

test('checks blobs again that were seen more than half an hour ago, and sends what is gone', async () => {
  const rig = new LoadRig();
  const { base } = rig.sample;
  const plan = await rig.plan();
  await rig.load();
  rig.registry.tags.clear();
  const again = await rig.plan();
  assert.ok(again.placements.every(({ seenAtMs }) => seenAtMs.size > 0));
  rig.registry.forget(API, base.digest);
  rig.registry.forget(CLIENT, base.digest);
  rig.clockMs = 31 * 60_000;
  const result = await executeLoad(again, rig.context);
  assert.equal(plan.references.length, 3);
  assert.equal(result.uploadedBlobs, 1);
  assert.ok(rig.registry.holds(API, base.digest) && rig.registry.holds(CLIENT, base.digest));
});

test('an aborted load rejects and moves no tag', async () => {
  const rig = new LoadRig();
  const controller = new AbortController();
  rig.signal = controller.signal;
  rig.registry.intervene = ({ operation }) => {
    if (operation === 'PUT manifest') controller.abort(new Error('interrupted'));
  };
  await assert.rejects(rig.load(), /interrupted/);
  assert.equal(rig.registry.tags.size, 0);
});

test('a receipt that cannot be written ends the load, and the error says which tags were moved by then', async () => {
  const rig = new LoadRig();
  const plan = await rig.plan();
  const full = new AirgapError('DISK_FULL', 'the receipt r cannot be written: ENOSPC', { remedy: 'Free space.' });
  const append = async (...entries: readonly ReceiptEntry[]): Promise<void> => {
    if (entries.some((entry) => entry.event === 'tagged' && entry.destination.startsWith(`${CLIENT}:`))) throw full;
  };
  await assert.rejects(executeLoad(plan, { ...rig.context, receipt: { append } }), (error) => {
    assert.ok(error instanceof AirgapError);
    assert.equal(error.code, 'DISK_FULL');
    assert.equal(error.remedy, 'Free space.');
    const tagged = [...rig.registry.tags].map(([reference, { digest }]) => `${reference}@${digest}`);
    assert.deepEqual([...error.problems].sort(), tagged.sort());
    assert.ok(error.problems.includes(`${CLIENT}:0.93.2@${rig.sample.client.digest}`));
    assert.ok(!rig.registry.tags.has(`${CHART}:0.93.2`));
    return true;
  });
});

test('where mounting is refused, what is left goes to its repositories side by side, and no more at a time than allowed', async () => {
  const rig = new LoadRig();
  const { source, base } = rig.sample;
  for (const name of ['third', 'fourth', 'fifth']) {
    source.artifact('image', name, '1', source.image(source.blob(`{"${name}":1}`, MediaType.ociConfig), [base]));
  }
  rig.registry.mounts = false;
  await rig.load();
  assert.equal(rig.registry.writes.filter(({ operation, what }) => operation === 'PUT blob' && what === base.digest).length, 5);
  assert.ok((rig.registry.peaks.get(`PUT blob ${base.digest}`) ?? 0) > 1);
  assert.equal(rig.registry.peaks.get('PUT blob'), rig.context.concurrency);
});

test('the manifests below one index go side by side, the index after them', async () => {
  const rig = new LoadRig();
  const { source } = rig.sample;
  const platforms = ['a', 'b', 'c'].map((name) => source.image(source.blob(`{"${name}":1}`, MediaType.ociConfig), []));
  const index = source.index(platforms);
  const only = { ...source.manifest, artifacts: [source.artifact('image', 'many', '1', index)] };
  const context = { ...rig.context, source: { manifest: only, fetch: source.fetch.bind(source) } };
  const destination = { images: 'r.example/zenml', charts: 'r.example/zenml/charts' };
  await executeLoad(await planLoad(destination, { onConflict: 'fail', receipts: async () => undefined }, context), context);
  assert.equal(rig.registry.peaks.get('PUT manifest'), 3);
  const order = rig.registry.writes.filter(({ operation }) => operation === 'PUT manifest').map(({ what }) => what);
  assert.equal(order.at(-1), index.digest);
  assert.equal(order.length, 4);
});

test('the blobs of a manifest that was refused are looked for side by side', async () => {
  const rig = new LoadRig();
  let refused = false;
  rig.registry.intervene = ({ operation, repository }, registry) => {
    if (operation !== 'PUT manifest' || repository !== CLIENT || refused) return;
    refused = true;
    registry.peaks.clear();
    throw registryError(400, 'MANIFEST_BLOB_UNKNOWN');
  };
  rig.sample.source.artifact('image', 'zenml', 'other', rig.sample.client);
  await rig.load();
  assert.ok(refused);
  assert.ok((rig.registry.peaks.get('HEAD blob') ?? 0) > 1);
});

test('reports each byte once as it goes out', async () => {
  const rig = new LoadRig();
  const result = await rig.load();
  const reported = rig.events.reduce((sum, event) => sum + (event.type === 'bytes' ? event.bytes : 0), 0);
  assert.ok(reported > 0);
  assert.equal(reported, result.uploadedBytes);
});
