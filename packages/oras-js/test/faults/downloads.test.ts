import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { copyGraph, MemoryTarget } from 'oras-js';
import { sampleContent } from '../sample-graph.ts';
import { answers, changes, cuts, errors, redirects } from './rig/replies.ts';
import { ALWAYS, type Reply, ScriptedRegistry } from './rig/scripted-registry.ts';
import { failureOf, pull, pushTo, sampleImage } from './rig/transfer.ts';

// More than two batches: large bodies are read past the HTTP parser.
const image = sampleImage({ layerBytes: 3_000_000 });
const { layer, manifest } = image;
const BYTES = Buffer.from(layer.bytes);
const SIZE = BYTES.length;
const AT_LAYER = new RegExp(`/blobs/${layer.descriptor.digest}`);
const CUT = 1_234_567;

/** `bytes=FIRST-` of the request, as a number. */
function firstOf(range: string | undefined): number {
  return Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
}

/** A 206 that has `count` bytes from where it was asked for. */
function partOf(count: number): Reply {
  return (exchange) => {
    const first = firstOf(exchange.served.headers.range);
    const body = BYTES.subarray(first, first + count);
    const range = `bytes ${first}-${first + body.length - 1}/${SIZE}`;
    return answers(206, { headers: { 'Content-Range': range, 'Content-Length': body.length }, body })(exchange);
  };
}

async function registryThatCuts(): Promise<ScriptedRegistry> {
  const registry = (await ScriptedRegistry.start()).hold(image.contents);
  return registry.script('cut', { method: 'GET', path: AT_LAYER }, cuts(200, { body: BYTES, at: CUT }));
}

function rangesOf(registry: ScriptedRegistry): (string | undefined)[] {
  return registry.requested(AT_LAYER).map(({ headers }) => headers.range);
}

suite('faults: downloads that break', () => {
  test('fault 9: a body cut early goes on where it was cut, with the registry’s 206', async () => {
    await using registry = await registryThatCuts();
    await pull(registry, image);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET']);
    assert.deepEqual(rangesOf(registry), [undefined, `bytes=${CUT}-`]);
  });

  test('fault 9: Range is answered 200 with all of it: the beginning is dropped', async () => {
    await using registry = await registryThatCuts();
    registry.script('no Range', { path: AT_LAYER }, answers(200, { body: BYTES, headers: { 'Content-Length': SIZE } }));
    await pull(registry, image);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (no Range)']);
  });

  for (const [what, headers] of [
    ['of the right size', { 'Content-Range': `bytes */${SIZE}` }],
    ['without a size', {}],
  ] as const) {
    test(`fault 9: Range is answered 416 ${what}: all is asked for again`, async () => {
      await using registry = await registryThatCuts();
      registry.script('416', { path: AT_LAYER }, answers(416, { headers, body: errors('RANGE_INVALID', 'no such range') }));
      await pull(registry, image);
      assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (416)', 'GET']);
      assert.deepEqual(rangesOf(registry), [undefined, `bytes=${CUT}-`, undefined]);
    });
  }

  test('fault 9: a 416 that says that the blob is shorter ends it', async () => {
    await using registry = await registryThatCuts();
    registry.script('416', { path: AT_LAYER, times: ALWAYS }, answers(416, { headers: { 'Content-Range': `bytes */${CUT}` } }));
    const error = await failureOf(pull(registry, image));
    assert.equal(error.code, 'SIZE_MISMATCH');
    assert.match(error.message, /should have 3000000 bytes, the registry has 1234567/);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (416)']);
  });

  for (const [what, headers] of [
    ['a Content-Range that begins elsewhere', { 'Content-Range': `bytes 0-${SIZE - 1}/${SIZE}` }],
    ['no Content-Range', {}],
    ['a Content-Range that is none', { 'Content-Range': 'bytes nonsense' }],
  ] as const) {
    test(`fault 9: Range is answered 206 with ${what}: it is not believed, all is asked for again`, async () => {
      await using registry = await registryThatCuts();
      registry.script('wrong range', { path: AT_LAYER }, answers(206, { headers, body: BYTES }));
      await pull(registry, image);
      assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (wrong range)', 'GET']);
    });
  }

  test('fault 9: the right Content-Range over the wrong bytes is found out by the digest', async () => {
    await using registry = await registryThatCuts();
    const headers = { 'Content-Range': `bytes ${CUT}-${SIZE - 1}/${SIZE}` };
    registry.script('wrong bytes', { path: AT_LAYER }, answers(206, { headers, body: BYTES.subarray(0, SIZE - CUT) }));
    const target = new MemoryTarget();
    const error = await failureOf(copyGraph(registry.repository(), target, manifest.descriptor, { concurrency: 1 }));
    assert.equal(error.code, 'DIGEST_MISMATCH');
    assert.equal(error.side, 'source');
    assert.equal(await target.exists(layer.descriptor), false);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (wrong bytes)']);
  });

  test('fault 9: a 206 shorter than what was asked for is followed by the next Range, without a pause', async () => {
    await using registry = await registryThatCuts();
    registry.script('short 206', { path: AT_LAYER, times: ALWAYS }, partOf(200_000));
    const pauses: string[] = [];
    await pull(registry, image, { onEvent: ({ type }) => pauses.push(type) });
    const asked = registry.requests(AT_LAYER);
    assert.deepEqual(asked, ['GET (cut)', ...Array.from({ length: 9 }, () => 'GET (short 206)')]);
    assert.deepEqual(rangesOf(registry).slice(1, 3), [`bytes=${CUT}-`, `bytes=${CUT + 200_000}-`]);
    assert.equal(pauses.filter((type) => type === 'resume').length, 1, 'for the cut alone');
  });

  test('fault 9: a chunked answer that ends early by its proper end goes on', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('ends early', { path: AT_LAYER }, ({ response }) => {
      response.writeHead(200);
      response.end(BYTES.subarray(0, CUT));
    });
    await pull(registry, image);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (ends early)', 'GET']);
    assert.deepEqual(rangesOf(registry), [undefined, `bytes=${CUT}-`]);
  });

  test('fault 9: connections that break without bringing a byte are given up', async () => {
    await using registry = await registryThatCuts();
    registry.script('no byte', { path: AT_LAYER, times: ALWAYS }, ({ response }) => {
      response.writeHead(206, { 'Content-Range': `bytes ${CUT}-${SIZE - 1}/${SIZE}`, 'Content-Length': SIZE - CUT });
      response.flushHeaders();
      response.socket?.end();
    });
    const error = await failureOf(pull(registry, image, { retry: { attempts: 3 } }));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (no byte)', 'GET (no byte)']);
  });

  test('fault 10: a signed URL that expired when the download goes on: the registry gives another one', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    await using storage = await ScriptedRegistry.start();
    let signed = 0;
    const next = (): string => {
      signed += 1;
      return `${storage.origin}/data?signature=${signed}`;
    };
    registry.script('signed', { path: AT_LAYER, times: ALWAYS }, redirects(next));
    storage.script('cut', { path: /signature=1/ }, cuts(200, { body: BYTES, at: CUT }));
    storage.script('expired', { path: /signature=[12]$/, times: ALWAYS }, answers(403, { body: '<Code>AccessDenied</Code>' }));
    storage.script('rest', { path: /signature=3/ }, partOf(SIZE));
    await pull(registry, image);
    assert.deepEqual(storage.faults, ['cut', 'expired', 'rest']);
    assert.deepEqual(rangesOf(registry), [undefined, `bytes=${CUT}-`, `bytes=${CUT}-`]);
    assert.equal(storage.log[2]?.headers.range, `bytes=${CUT}-`);
  });

  test('fault 11: a 416 that announces the whole blob, sends 33 bytes and keeps the connection open (distribution 2.8.2)', async () => {
    await using registry = await registryThatCuts();
    registry.script('lying 416', { path: AT_LAYER }, ({ response }) => {
      response.writeHead(416, { 'Content-Length': SIZE, 'Content-Type': 'application/json' });
      response.write('{"errors":[{"code":"UNKNOWN"}]}\n');
    });
    await pull(registry, image);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (cut)', 'GET (lying 416)', 'GET']);
  });

  for (const [what, end] of [
    ['keeps the connection open', undefined],
    ['breaks it', 'destroy'],
  ] as const) {
    test(`fault 11: an error that announces more than it sends and ${what} is told by its status and what it said`, async () => {
      await using registry = (await ScriptedRegistry.start()).hold(image.contents);
      registry.script('lying 404', { path: AT_LAYER, times: ALWAYS }, ({ response }) => {
        response.writeHead(404, { 'Content-Length': SIZE, 'Content-Type': 'application/json' });
        response.write(JSON.stringify(errors('BLOB_UNKNOWN', 'blob unknown to registry')), () => {
          if (end) response.socket?.end();
        });
      });
      // A body of which nothing more is to come is not waited for: ABORTED would tell.
      const error = await failureOf(pull(registry, image, {}, AbortSignal.timeout(4_000)));
      assert.equal(error.code, 'NOT_FOUND');
      assert.match(error.message, /404 BLOB_UNKNOWN: blob unknown to registry/);
      assert.deepEqual(registry.requests(AT_LAYER), ['GET (lying 404)']);
    });
  }
});

suite('faults: downloads that say something else of themselves', () => {
  test('fault 12: a blob labelled Content-Encoding: gzip, for it is gzip, is taken as it is', async () => {
    const tar = gzipSync(Buffer.alloc(10_000, 'layer'));
    const zipped = sampleContent(layer.descriptor.mediaType, tar);
    await using registry = (await ScriptedRegistry.start()).hold([zipped]);
    registry.script('gzip', { method: 'GET', path: /\/blobs\// }, changes({ headers: { 'Content-Encoding': 'gzip' } }));
    const target = new MemoryTarget();
    await copyGraph(registry.repository(), target, zipped.descriptor);
    assert.deepEqual(Buffer.concat((await Array.fromAsync(target.fetch(zipped.descriptor))).flat()), tar);
    assert.deepEqual(registry.faults, ['gzip']);
    assert.equal(registry.log.at(-1)?.headers['accept-encoding'], 'identity');
  });

  test('fault 12: a proxy that compresses although nobody asked is named as what to mend', async () => {
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script('compressing proxy', { path: AT_LAYER, times: ALWAYS }, ({ response }) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(SIZE, BYTES)));
    });
    const error = await failureOf(pull(registry, image));
    assert.ok(error.code === 'SIZE_MISMATCH' || error.code === 'DIGEST_MISMATCH', error.code);
    assert.match(error.remedy ?? '', /Content-Encoding: gzip.*compress nothing/);
    assert.deepEqual(registry.requests(AT_LAYER), ['GET (compressing proxy)']);
  });

  test('fault 13: HEAD gives a manifest another Content-Length than GET (Harbor): its digest counts', async () => {
    const other = manifest.descriptor.size + 17;
    await using registry = (await ScriptedRegistry.start()).hold(image.contents);
    registry.script(
      'other length',
      { method: 'HEAD', path: /manifests/, times: ALWAYS },
      changes({ headers: { 'Content-Length': other } }),
    );
    // Out of it, and into it, where it is found and not sent again.
    await pull(registry, image);
    const skipped: string[] = [];
    await pushTo(registry.repository(), image, { onSkipped: ({ digest }) => skipped.push(digest) });
    assert.deepEqual(skipped, [manifest.descriptor.digest]);
    assert.deepEqual(registry.faults, ['other length']);
    assert.ok(!registry.requests().some((line) => line.startsWith('PUT')));
  });
});
