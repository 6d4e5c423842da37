import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { BatchPool, createRegistryClient, digestOf, type RegistryEvent } from 'oras-js';
import { collect } from '../collect.ts';
import { sampleBytes } from '../sample-graph.ts';
import { CERTIFICATE, FakeRegistry } from './fake-registry.ts';

const KEY = readFileSync(new URL('./certificates/key.pem', import.meta.url), 'utf8');
const BYTES = Buffer.from(sampleBytes(12_000_000, 9));
const BLOB = { mediaType: 'application/octet-stream', digest: digestOf(BYTES), size: BYTES.length };
const QUICK = { minDelayMs: 1, maxDelayMs: 5 };

/** Speaks HTTP by hand: the ping is answered with 200, a GET of a blob by `serve`. */
async function byHand(isTls: boolean, serve: (socket: net.Socket, from: number) => void) {
  const sockets: net.Socket[] = [];
  const onSocket = (socket: net.Socket): void => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const request = bytes.toString('latin1');
      if (!request.startsWith('GET ')) socket.end('HTTP/1.1 400 no\r\nContent-Length: 0\r\n\r\n');
      else if (request.includes('/blobs/')) serve(socket, Number(/range: bytes=(\d+)-/i.exec(request)?.[1] ?? 0));
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
  };
  const server = isTls ? tls.createServer({ key: KEY, cert: CERTIFICATE }, onSocket) : net.createServer(onSocket);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headFrom(from: number): string {
  const range = `Content-Range: bytes ${from}-${BYTES.length - 1}/${BYTES.length}\r\n`;
  return `HTTP/1.1 ${from === 0 ? '200 OK\r\n' : `206 Partial Content\r\n${range}`}Content-Length: ${BYTES.length - from}\r\n\r\n`;
}

for (const isTls of [false, true]) {
  suite(`a large body over ${isTls ? 'TLS' : 'plain http'}`, () => {
    test('that stops coming is left at once when the caller aborts', async () => {
      const controller = new AbortController();
      await using server = await byHand(isTls, (socket) => {
        socket.write(headFrom(0));
        socket.write(BYTES.subarray(0, 5_000_000), () => setTimeout(() => controller.abort(), 100));
      });
      using client = createRegistryClient({ ca: [CERTIFICATE] });
      const startMs = performance.now();
      await assert.rejects(collect(client.repository(`${server.host}/a`).fetch(BLOB, { signal: controller.signal })), {
        code: 'ABORTED',
      });
      assert.ok(performance.now() - startMs < 5_000);
      for (let i = 0; i < 100 && !server.sockets.at(-1)?.destroyed; i += 1) await sleep(20);
      assert.ok(server.sockets.at(-1)?.destroyed, 'the connection is still open');
    });

    test('that ends early by a proper end of the connection goes on where it ended', async () => {
      const offsets: number[] = [];
      await using server = await byHand(isTls, (socket, from) => {
        offsets.push(from);
        socket.write(headFrom(from));
        // `end` sends TLS's close_notify, too.
        socket.end(BYTES.subarray(from, from === 0 ? 5_000_001 : undefined));
      });
      using client = createRegistryClient({ ca: [CERTIFICATE], retry: QUICK });
      assert.ok((await collect(client.repository(`${server.host}/a`).fetch(BLOB))).equals(BYTES));
      assert.deepEqual(offsets, [0, 5_000_001]);
    });

    test('that breaks while its reader makes a pause is whole in the end, in memory that nothing else writes to', async () => {
      let breaks = 0;
      await using server = await byHand(isTls, (socket, from) => {
        socket.write(headFrom(from));
        if (breaks === 2) return socket.write(BYTES.subarray(from));
        breaks += 1;
        socket.write(BYTES.subarray(from, from + 4_500_000), () => setTimeout(() => socket.destroy(), 50));
      });
      const events: RegistryEvent[] = [];
      using client = createRegistryClient({ ca: [CERTIFICATE], retry: QUICK, onEvent: (event) => events.push(event) });
      const buffers = new BatchPool();
      const found: Buffer[] = [];
      for await (const batch of client.repository(`${server.host}/a`).fetch(BLOB, { buffers })) {
        const before = batch.map((chunk) => digestOf(chunk));
        await sleep(20);
        // Nobody has given it back: neither the connection nor the pool may have touched it.
        assert.deepEqual(
          batch.map((chunk) => digestOf(chunk)),
          before,
        );
        found.push(...batch.map((chunk) => Buffer.from(chunk)));
        for (const chunk of batch) buffers.give(chunk);
      }
      assert.ok(Buffer.concat(found).equals(BYTES));
      assert.equal(events.filter(({ type }) => type === 'resume').length, 2);
    });

    test('counts the silence from the moment when its reader goes on', async () => {
      await using server = await byHand(isTls, (socket) => {
        socket.write(headFrom(0));
        socket.write(BYTES.subarray(0, 6_500_000));
      });
      using client = createRegistryClient({ ca: [CERTIFICATE], timeouts: { stallMs: 400 }, retry: { ...QUICK, attempts: 1 } });
      // Without the timer the fetch would wait for ever.
      const signal = AbortSignal.timeout(10_000);
      const batches = client.repository(`${server.host}/a`).fetch(BLOB, { signal })[Symbol.asyncIterator]();
      await batches.next();
      // Paused, with 4 MiB waiting and nothing more to come; the timer has run out once, and is halfway again.
      await sleep(700);
      const startMs = performance.now();
      await assert.rejects(
        async () => {
          while (!(await batches.next()).done);
        },
        { code: 'CONNECTION_FAILED', message: /nothing moved for 0.4 s/ },
      );
      assert.ok(performance.now() - startMs >= 350, `after ${performance.now() - startMs} ms`);
    });

    test('leaves a connection that serves no second request, and none of its listeners behind', async () => {
      const warnings: Error[] = [];
      const warn = (warning: Error): number => warnings.push(warning);
      process.on('warning', warn);
      await using registry = await FakeRegistry.start({ tls: isTls });
      using client = createRegistryClient({ ca: [CERTIFICATE], maxConnectionsPerHost: 2 });
      const repository = client.repository(`${registry.host}/a`);
      const large = registry.addBlob(BYTES.subarray(0, 3_000_000));
      const small = registry.addBlob(BYTES.subarray(0, 1_000));
      const { signal } = new AbortController();
      const fetches = Array.from({ length: 30 }, (_, i) => collect(repository.fetch(i % 3 === 0 ? large : small, { signal })));
      for (const [i, found] of (await Promise.all(fetches)).entries()) {
        assert.ok(found.equals(BYTES.subarray(0, i % 3 === 0 ? 3_000_000 : 1_000)));
      }
      await sleep(10);
      process.off('warning', warn);
      assert.deepEqual(warnings, []);
    });
  });
}
