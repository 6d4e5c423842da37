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

test('a password that was written into --to does not come back in the message', () => {
  assert.throws(
    () => chooseDestination([], { to: 'https://user:secret@r.example/zenml' }),
    (error) => error instanceof Error && !error.message.includes('secret') && error.message.includes('r.example/zenml'),
  );
});
