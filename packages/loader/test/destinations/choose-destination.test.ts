import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseDestination } from '../../src/destinations/choose-destination.ts';

const SITE = { images: 'a.example/docker/zenml', charts: 'a.example/helm' };
const OTHER = { images: 'b.example/zenml', charts: 'b.example/zenml/charts' };

test('charts go below --to unless --charts-to says otherwise', () => {
  assert.deepEqual(chooseDestination([], { to: 'r.example/zenml/' }), {
    images: 'r.example/zenml',
    charts: 'r.example/zenml/charts',
  });
  assert.equal(chooseDestination([], { to: 'r.example/zenml', chartsTo: 'h.example/helm' }).charts, 'h.example/helm');
});

test('the one registry of the bundle is the default', () => {
  assert.deepEqual(chooseDestination([SITE], {}), SITE);
});

test('--to that names a site of the bundle keeps the place of its charts', () => {
  assert.deepEqual(chooseDestination([SITE, OTHER], { to: SITE.images }), SITE);
});

test('several registries are listed, and one has to be chosen', () => {
  assert.throws(() => chooseDestination([SITE, OTHER], {}), { code: 'USAGE', message: /--to a\.example.*--to b\.example/s });
});

test('a bundle without registry needs --to', () => {
  assert.throws(() => chooseDestination([], {}), { code: 'USAGE', remedy: /--to/ });
});

for (const [text, why] of [
  ['https://r.example/zenml', /scheme/],
  ['harbor/zenml', /host/],
  ['user:secret@r.example/zenml', /@/],
  ['r.example/Zenml', /path/],
  ['r.example//zenml', /path/],
  ['', /host/],
] as const) {
  test(`refuses --to ${JSON.stringify(text)}`, () => {
    assert.throws(() => chooseDestination([], { to: text }), { code: 'USAGE', message: why });
  });
}

for (const option of ['to', 'chartsTo'] as const) {
  for (const text of [
    'oci://r.example/helm',
    'r.example/helm:1.0',
    'r.example/Helm',
    'r.example/helm@sha256:0',
    'r.example/a b',
    '/helm',
  ]) {
    test(`${option} ${JSON.stringify(text)} is a USAGE error that says which option and how it is written`, () => {
      const flag = option === 'to' ? '--to' : '--charts-to';
      const told = {
        code: 'USAGE',
        message: new RegExp(`^${flag}: `),
        remedy: /^(?:Write HOST|Leave the (?:scheme|tag) out: r\.example\/helm$)/,
      };
      assert.throws(() => chooseDestination([], { to: 'r.example/zenml', [option]: text }), told);
    });
  }
  test(`${option} may end with a slash`, () => {
    const chosen = chooseDestination([], { to: 'r.example/zenml', [option]: 'r.example/helm/' });
    assert.equal(option === 'to' ? chosen.images : chosen.charts, 'r.example/helm');
  });
}

test('a tag in --to is called a tag', () => {
  assert.throws(() => chooseDestination([], { to: 'r.example:8443/zenml:0.93.2' }), {
    code: 'USAGE',
    message: /has a tag: tags stay those of the bundle/,
    remedy: 'Leave the tag out: r.example:8443/zenml',
  });
});

test('a password that was written into --to does not come back in the message', () => {
  assert.throws(
    () => chooseDestination([], { to: 'https://user:secret@r.example/zenml' }),
    (error) => error instanceof Error && !error.message.includes('secret') && error.message.includes('r.example/zenml'),
  );
});
