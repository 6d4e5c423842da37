import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRegistryClient, type RegistryEvent } from 'oras-js';
import { collect } from '../collect.ts';
import { sampleBytes } from '../sample-graph.ts';
import { answer, type Exchange, FakeRegistry } from './fake-registry.ts';

const BYTES = Buffer.from(sampleBytes(3_000_000, 7));
const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };

/** Sends the first `bytes` of what would be sent, then breaks the connection. */
function cutAfter({ response }: Exchange, body: Buffer, bytes: number): void {
  response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
}

suite('fetchBlob', () => {
  test('goes on by Range at the byte where the connection broke', async () => {
    await using registry = await FakeRegistry.start();
    const events: RegistryEvent[] = [];
    using client = createRegistryClient({ ...QUICK, onEvent: (event) => events.push(event) });
    const blob = registry.addBlob(BYTES);
    let cuts = 0;
    registry.fault = (exchange) => {
      if (!exchange.url.pathname.includes('/blobs/') || cuts === 2) return false;
      cuts += 1;
      const from = cuts === 1 ? 0 : Number(/\d+/.exec(exchange.request.headers.range ?? '')?.[0]);
      const rest = BYTES.subarray(from);
      const range = { 'Content-Range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` };
      exchange.response.writeHead(cuts === 1 ? 200 : 206, { 'Content-Length': rest.length, ...(cuts === 1 ? {} : range) });
      cutAfter(exchange, rest, 1_200_000);
      return true;
    };
    assert.deepEqual(await collect(client.repository(`${registry.host}/a`).fetch(blob)), BYTES);
    const ranges = registry.log.filter(({ path }) => path.includes('/blobs/')).map(({ headers }) => headers.range);
    assert.deepEqual(ranges, [undefined, 'bytes=1200000-', 'bytes=2400000-']);
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'resume' ? [event.offset] : [])),
      [1_200_000, 2_400_000],
    );
  });

  test('drops the beginning where the server sends all again', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    const blob = registry.addBlob(BYTES);
    let asked = 0;
    registry.fault = (exchange) => {
      if (!exchange.url.pathname.includes('/blobs/')) return false;
      asked += 1;
      exchange.response.writeHead(200, { 'Content-Length': BYTES.length });
      if (asked === 1) cutAfter(exchange, BYTES, 1_234_567);
      else exchange.response.end(BYTES);
      return true;
    };
    assert.deepEqual(await collect(client.repository(`${registry.host}/a`).fetch(blob)), BYTES);
    assert.equal(asked, 2);
  });

  test('gives up on a connection that breaks again and again without bringing a byte', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient({ retry: { ...QUICK.retry, attempts: 3 } });
    const blob = registry.addBlob(BYTES);
    registry.fault = ({ url, response }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(200, { 'Content-Length': BYTES.length }).flushHeaders();
      setTimeout(() => response.destroy(), 5);
      return true;
    };
    await assert.rejects(collect(client.repository(`${registry.host}/a`).fetch(blob)), { code: 'CONNECTION_FAILED' });
    assert.equal(registry.asked.length, 3);
  });

  test('notices flipped bits', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const blob = registry.addBlob(BYTES);
    const flipped = Buffer.from(BYTES);
    flipped[2_999_999] = (flipped[2_999_999] ?? 0) ^ 1;
    registry.blobs.set(blob.digest, flipped);
    await assert.rejects(collect(client.repository(`${registry.host}/a`).fetch(blob)), { code: 'DIGEST_MISMATCH' });
  });

  test('follows a redirect to a storage without the credential, and hashes what is sent with an encoding as it is', async () => {
    await using storage = await FakeRegistry.start();
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient({
      credentials: async () => ({ kind: 'basic', username: 'me', password: 'secret', source: 'test' }),
    });
    const blob = registry.addBlob(BYTES);
    registry.fault = ({ request, url, response }) => {
      if (request.headers.authorization === undefined) {
        answer(response, 401, {}, { 'WWW-Authenticate': 'Basic realm="r"' });
        return true;
      }
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(307, { Location: `${storage.origin}/data?X-Signature=abc` }).end();
      return true;
    };
    storage.fault = ({ response }) => {
      response.writeHead(200, { 'Content-Length': BYTES.length, 'Content-Encoding': 'gzip' }).end(BYTES);
      return true;
    };
    assert.deepEqual(await collect(client.repository(`${registry.host}/a`).fetch(blob)), BYTES);
    assert.equal(storage.log.length, 1);
    assert.equal(storage.log[0]?.headers.authorization, undefined);
  });

  test("asks the registry again when a storage's signed URL has expired", async () => {
    await using storage = await FakeRegistry.start();
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    const blob = registry.addBlob(BYTES);
    registry.fault = ({ url, response }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(307, { Location: `${storage.origin}/data?signature=${registry.asked.length}` }).end();
      return true;
    };
    storage.fault = ({ url, response }) => {
      if (url.searchParams.get('signature') === '1') answer(response, 403, { message: 'Request has expired' });
      else response.writeHead(200, { 'Content-Length': BYTES.length }).end(BYTES);
      return true;
    };
    assert.deepEqual(await collect(client.repository(`${registry.host}/a`).fetch(blob)), BYTES);
    assert.equal(registry.asked.length, 2);
  });

  test('asks by GET where a storage refuses HEAD', async () => {
    await using storage = await FakeRegistry.start();
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    const blob = registry.addBlob(BYTES);
    registry.fault = ({ url, response }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(307, { Location: `${storage.origin}/data` }).end();
      return true;
    };
    storage.fault = ({ request, response }) => {
      if (request.method === 'HEAD') response.writeHead(403).end();
      else response.writeHead(206, { 'Content-Range': `bytes 0-0/${BYTES.length}`, 'Content-Length': 1 }).end('x');
      return true;
    };
    assert.equal(await client.repository(`${registry.host}/a`).exists(blob), true);
  });

  test('stops a connection that has gone silent, but not one that waits for its reader', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient({ timeouts: { stallMs: 150 }, retry: { ...QUICK.retry, attempts: 2 } });
    const large = Buffer.concat([BYTES, BYTES, BYTES, BYTES, BYTES, BYTES]);
    const blob = registry.addBlob(large);
    const received: Buffer[] = [];
    for await (const batch of client.repository(`${registry.host}/a`).fetch(blob)) {
      if (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      received.push(...batch.map((chunk) => Buffer.from(chunk)));
    }
    assert.deepEqual(Buffer.concat(received), large);
    assert.equal(registry.asked.length, 1);
    registry.fault = ({ response }) => {
      response.writeHead(200, { 'Content-Length': BYTES.length }).write('x');
      return true;
    };
    await assert.rejects(collect(client.repository(`${registry.host}/a`).fetch(blob)), { code: 'SIZE_MISMATCH' });
    const silent = registry.addBlob(BYTES);
    await assert.rejects(collect(client.repository(`${registry.host}/a`).fetch(silent)), {
      code: 'CONNECTION_FAILED',
      message: /nothing moved for 0.15 s/,
    });
  });

  test('keeps at most a few MiB of a blob that nobody reads', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient();
    const large = Buffer.alloc(64 * 1024 * 1024, 'x');
    const blob = registry.addBlob(large);
    let sent = 0;
    registry.fault = ({ url, response }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(200, { 'Content-Length': large.length });
      const more = (): void => {
        while (sent < large.length) {
          const end = Math.min(sent + 262_144, large.length);
          const flowing = response.write(large.subarray(sent, end));
          sent = end;
          if (!flowing) return void response.once('drain', more);
        }
        response.end();
      };
      more();
      return true;
    };
    const batches = client.repository(`${registry.host}/a`).fetch(blob)[Symbol.asyncIterator]();
    await batches.next();
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the kernel's two socket buffers hold comes on top of our queue.
    assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were sent`);
    await batches.return?.();
  });
});
