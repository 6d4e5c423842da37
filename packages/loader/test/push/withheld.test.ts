import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrasError } from 'oras-js';
import type { Intervention } from '../fixtures/fake-registry.ts';
import { LoadRig } from '../fixtures/load-rig.ts';

const API = 'r.example/zenml/zenml-pro-api';
const TAG = '0.13.0';

/** Harbor with a policy: whatever is there is not shown, by tag or by digest; pushes are taken. */
const withhold: Intervention = ({ operation, repository, what }, registry) => {
  const there =
    operation === 'GET tag'
      ? registry.tags.has(`${repository}:${what}`)
      : operation === 'HEAD manifest' && registry.tags.size > 0;
  if (repository === API && there) throw new OrasError('WITHHELD', 'PROJECTPOLICYVIOLATION: not signed', { status: 412 });
};

/** Artifactory: 403 for a tag that is not there. */
const deny: Intervention = ({ operation, repository }) => {
  if (operation === 'GET tag' && repository === API) throw new OrasError('DENIED', 'forbidden', { status: 403 });
};

test('a tag whose content a policy hides is a conflict of its own kind', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:${TAG}`, rig.sample.apiIndex);
  rig.registry.intervene = withhold;
  await assert.rejects(rig.load(), { code: 'TAG_WITHHELD', message: /PROJECTPOLICYVIOLATION/ });
  assert.deepEqual(rig.registry.writes, []);
});

test('a hidden tag is left as it is where a receipt names the same digest for it', async () => {
  const rig = new LoadRig();
  await rig.load();
  rig.registry.intervene = withhold;
  rig.registry.log.length = 0;
  rig.receipts.set(`${API}:${TAG}`, rig.sample.apiIndex.digest);
  const result = await rig.load();
  assert.deepEqual(rig.registry.writes, []);
  assert.ok(result.references.some(({ planned, outcome }) => planned.retagged.repository === API && outcome === 'withheld'));
});

test('a hidden tag for which a receipt names another digest is a conflict', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:${TAG}`, rig.sample.apiIndex);
  rig.registry.intervene = withhold;
  rig.receipts.set(`${API}:${TAG}`, rig.sample.client.digest);
  await assert.rejects(rig.load(), { code: 'TAG_WITHHELD' });
});

test('what was pushed and may not be read back is reported as withheld, with the policy', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = withhold;
  const result = await rig.load();
  const api = result.references.find(({ planned }) => planned.retagged.repository === API);
  assert.equal(api?.outcome, 'withheld');
  assert.match(api?.policy ?? '', /PROJECTPOLICYVIOLATION/);
  const lines = rig.receipt.filter((entry) => entry.event === 'tagged' && entry.destination === `${API}:${TAG}`);
  assert.deepEqual(
    lines.map((entry) => entry.event === 'tagged' && entry.outcome),
    ['tagged', 'withheld'],
  );
});

test('403 for a tag that is not listed means that it is free', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = deny;
  const plan = await rig.plan();
  assert.equal(plan.references.find(({ retagged }) => retagged.repository === API)?.found.state, 'absent');
});

test('403 for a tag that is listed means that it is withheld', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:${TAG}`, rig.sample.apiIndex);
  rig.registry.intervene = deny;
  const plan = await rig.plan();
  assert.equal(plan.references.find(({ retagged }) => retagged.repository === API)?.found.state, 'withheld');
});

test('403 for the tag and for the list is an error: to push could overwrite something', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation }) => {
    if (operation === 'GET tag' || operation === 'GET tags') throw new OrasError('DENIED', 'forbidden', { status: 403 });
  };
  await assert.rejects(rig.plan(), { code: 'DENIED' });
});

test('a missing project is not taken for a free tag: Harbor says so with 401', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation }) => {
    if (operation === 'GET tag') throw new OrasError('NOT_FOUND', 'project zenml not found', { status: 401 });
  };
  await assert.rejects(rig.plan(), { code: 'NOT_FOUND', message: /project zenml not found/ });
  assert.equal(rig.registry.count('GET tags'), 0);
});

test('a password that is refused is told as it is, and the list is not asked', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation }) => {
    if (operation === 'GET tag') throw new OrasError('UNAUTHORIZED', 'unauthorized', { status: 401 });
  };
  await assert.rejects(rig.plan(), { code: 'UNAUTHORIZED' });
  assert.equal(rig.registry.count('GET tags'), 0);
});

test('receipts are asked only about what a policy hides', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:${TAG}`, rig.sample.apiIndex);
  rig.registry.intervene = withhold;
  await rig.plan();
  assert.deepEqual(rig.askedOfReceipts, [`${API}:${TAG}`]);
});

test('a hidden tag that was skipped is in the receipt with the policy, and without a digest that nobody saw', async () => {
  const rig = new LoadRig();
  rig.registry.tags.set(`${API}:${TAG}`, rig.sample.client);
  rig.registry.intervene = withhold;
  await rig.load('skip');
  const line = rig.receipt.find((entry) => entry.event === 'tagged' && entry.destination === `${API}:${TAG}`);
  assert.ok(line?.event === 'tagged');
  assert.equal(line.outcome, 'skipped');
  assert.equal(line.digest, null);
  assert.match(line.policy ?? '', /PROJECTPOLICYVIOLATION/);
});

test('content that is served under another digest than was pushed fails the confirmation', async () => {
  const rig = new LoadRig();
  rig.registry.intervene = ({ operation, repository }, registry) => {
    if (operation === 'GET tag' && repository === API && registry.tags.has(`${API}:${TAG}`)) {
      registry.tags.set(`${API}:${TAG}`, rig.sample.client);
    }
  };
  await assert.rejects(rig.load(), { code: 'CONFIRMATION_FAILED' });
});
