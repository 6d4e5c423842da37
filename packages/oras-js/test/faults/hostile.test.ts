import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Descriptor, digestOf, MediaType } from 'oras-js';
import { type SampleContent, sampleManifest } from '../sample-graph.ts';
import { endless } from './rig/hostile-replies.ts';
import { answers, changes, redirects } from './rig/replies.ts';
import { ALWAYS, ScriptedRegistry } from './rig/scripted-registry.ts';
import { credentialsFor, wantToken } from './rig/sign-in.ts';
import { failureOf, pull, sampleImage } from './rig/transfer.ts';

const image = sampleImage();
const { layer } = image;
const AT_TAG = /manifests\/1\.0/;
const AT_LAYER = new RegExp(`/blobs/${layer.descriptor.digest}`);
const OCI_INDEX = { 'Content-Type': MediaType.ociIndex };
const MIB = 1024 * 1024;

function indexOf(manifests: readonly Descriptor[], annotations?: Record<string, string>): SampleContent {
  return sampleManifest(MediaType.ociIndex, { manifests, ...(annotations ? { annotations } : {}) });
}

function pretended(mediaType: string, size: number, seed: number): Descriptor {
  return { mediaType, digest: digestOf(Buffer.from(`pretended ${seed}`)), size };
}

/** Copying these contents, whose last is tagged `1.0`, out of a registry. */
async function pullFailure(contents: readonly SampleContent[]) {
  await using registry = (await ScriptedRegistry.start()).hold(contents);
  const error = await failureOf(pull(registry, image));
  return { error, asked: registry.requests() };
}

suite('hostile answers: manifests', () => {
  test('a manifest without an end is read up to 4 MiB', async () => {
    await using registry = await ScriptedRegistry.start();
    const reply = endless(200, { headers: OCI_INDEX });
    registry.script('endless', { path: AT_TAG, times: ALWAYS }, reply);
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'TOO_LARGE');
    assert.deepEqual(registry.requests(), ['GET (endless)']);
    // What the kernel's buffers hold comes on top.
    assert.ok(reply.sent() < 32 * MIB, `${reply.sent()} bytes were sent`);
  });

  test('a manifest that says of itself that it is larger is not asked for', async () => {
    const { error, asked } = await pullFailure([indexOf([pretended(MediaType.ociManifest, 4 * MIB + 1, 1)])]);
    assert.equal(error.code, 'TOO_LARGE');
    assert.deepEqual(asked, ['GET']);
  });

  test('manifests that are large together are not asked for', async () => {
    const children = Array.from({ length: 65 }, (_, i) => pretended(MediaType.ociManifest, 4 * MIB, i));
    const { error, asked } = await pullFailure([indexOf(children)]);
    assert.equal(error.code, 'INVALID_MANIFEST');
    assert.match(error.message, /more than 268435456 bytes of manifests/);
    assert.deepEqual(asked, ['GET']);
  });

  test('an index with more than 4096 children is refused', async () => {
    const children = Array.from({ length: 4097 }, (_, i) => pretended(MediaType.ociManifest, 10, i));
    const { error } = await pullFailure([indexOf(children)]);
    assert.equal(error.code, 'INVALID_MANIFEST');
    assert.match(error.message, /manifests has 4097 entries, 4096 are allowed/);
  });

  test('a graph with more than 100,000 nodes is refused before any of its blobs is asked for', async () => {
    const leaves = Array.from({ length: 25 }, (_, i) => {
      const layers = Array.from({ length: 4096 }, (_, j) => pretended(MediaType.ociLayerGzip, 10, i * 4096 + j));
      return sampleManifest(MediaType.ociManifest, { config: image.config.descriptor, layers });
    });
    const { error, asked } = await pullFailure([...leaves, indexOf(leaves.map(({ descriptor }) => descriptor))]);
    assert.equal(error.code, 'INVALID_MANIFEST');
    assert.match(error.message, /more than 100000 nodes/);
    assert.equal(asked.length, 26);
  });

  test('indexes nested deeper than 16 levels are refused', async () => {
    const nested = [indexOf([])];
    for (let i = 0; i < 17; i += 1) nested.push(indexOf(nested.slice(-1).map(({ descriptor }) => descriptor)));
    const { error, asked } = await pullFailure(nested);
    assert.equal(error.code, 'INVALID_MANIFEST');
    assert.match(error.message, /nested deeper than 16 levels/);
    assert.equal(asked.length, 17);
  });

  test('a gzipped manifest is not inflated: 64 MiB of zeros in 64 KiB are what they are', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    await using registry = await ScriptedRegistry.start();
    registry.script(
      'bomb',
      { path: AT_TAG },
      answers(200, { headers: { ...OCI_INDEX, 'Content-Encoding': 'gzip' }, body: bomb }),
    );
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'INVALID_MANIFEST');
    assert.deepEqual(registry.faults, ['bomb']);
  });
});

suite('hostile answers: sizes', () => {
  test('a blob without an end stops where it should have ended', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const reply = endless(200);
    registry.script('endless', { path: AT_LAYER, times: ALWAYS }, reply);
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'SIZE_MISMATCH');
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (endless)']);
    assert.ok(reply.sent() < 32 * MIB, `${reply.sent()} bytes were sent`);
  });

  test('a token server’s answer is read up to 1 MiB, and none of it is shown', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    const reply = endless(200, { chunk: Buffer.alloc(65_536, 'topsecret') });
    registry.script('endless', { path: /^\/token/, times: ALWAYS }, reply);
    wantToken(registry);
    const error = await failureOf(pull(registry, image, { credentials: credentialsFor(registry) }));
    assert.equal(error.code, 'TOO_LARGE');
    assert.doesNotMatch(error.message, /topsecret|s3cret/);
    assert.deepEqual(registry.requests('/token'), ['GET (endless)']);
    assert.ok(reply.sent() < 32 * MIB, `${reply.sent()} bytes were sent`);
  });

  test('an error’s body is read up to 64 KiB, and 200 characters of it are shown', async () => {
    await using registry = await ScriptedRegistry.start();
    const reply = endless(400, { headers: { 'Content-Type': 'text/plain' } });
    registry.script('endless', { path: AT_TAG, times: ALWAYS }, reply);
    const error = await failureOf(pull(registry, image));
    assert.equal(error.status, 400);
    assert.ok(error.message.length < 400, error.message);
    assert.deepEqual(registry.requests(), ['GET (endless)']);
    assert.ok(reply.sent() < 32 * MIB, `${reply.sent()} bytes were sent`);
  });

  test('headers of more than 64 KiB are told as what they are, and not asked for again', async () => {
    await using registry = await ScriptedRegistry.start();
    registry.script('headers', { path: AT_TAG, times: ALWAYS }, answers(200, { headers: { 'X-Policy': 'x'.repeat(70_000) } }));
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'TOO_LARGE');
    assert.equal(error.message, `${registry.host}: the headers of the answer have more than 65536 bytes`);
    assert.match(error.remedy ?? '', /proxy/);
    assert.deepEqual(registry.requests(), ['GET (headers)']);
  });

  test('headers of 40 KiB, as several proxies make them, are read', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('headers', { path: AT_TAG }, changes({ headers: { 'X-Policy': 'x'.repeat(40_000) } }));
    await pull(registry, image);
    assert.deepEqual(registry.faults, ['headers']);
  });
});

suite('hostile answers: ways that lead on and on', () => {
  test('the eleventh redirect is refused', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    let i = 0;
    const next = (): string => {
      i += 1;
      return `/v2/elsewhere/${i}`;
    };
    registry.script('redirect', { path: /manifests|elsewhere/, times: ALWAYS }, redirects(next));
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'INVALID_RESPONSE');
    assert.match(error.message, /more than 10 redirects/);
    assert.equal(registry.faults.length, 11);
  });

  test('a list of tags without an end is refused, for nobody could tell what it lacks', async () => {
    await using registry = await ScriptedRegistry.start();
    let i = 0;
    registry.script('next page', { path: /\/tags\//, times: ALWAYS }, (exchange) => {
      i += 1;
      const headers = { Link: `</v2/zenml/api/tags/list?n=1000&last=${i}>; rel="next"` };
      return answers(200, { headers, body: { tags: [`t${i}`] } })(exchange);
    });
    const error = await failureOf(Array.fromAsync(registry.repository().tags()));
    assert.equal(error.code, 'TOO_LARGE');
    assert.equal(registry.faults.length, 10_000);
  });

  test('a 206 of one byte each is given up', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('one byte', { path: AT_LAYER, times: ALWAYS }, (exchange) => {
      const first = Number(/\d+/.exec(exchange.served.headers.range ?? '')?.[0] ?? 0);
      if (exchange.served.headers.range === undefined) {
        exchange.response.writeHead(200, { 'Content-Length': layer.bytes.length });
        exchange.response.write(layer.bytes.subarray(0, 1), () => exchange.response.socket?.end());
        return undefined;
      }
      const headers = { 'Content-Range': `bytes ${first}-${first}/${layer.bytes.length}` };
      return answers(206, { headers, body: Buffer.from(layer.bytes.subarray(first, first + 1)) })(exchange);
    });
    const error = await failureOf(pull(registry, image, { retry: { attempts: 4 } }));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.equal(registry.requests(AT_LAYER).length, 4);
  });
});
