import assert from 'node:assert/strict';
import net from 'node:net';
import { suite, test } from 'node:test';
import { BatchPool, createRegistryClient, digestOf } from 'oras-js';
import { collect } from '../collect.ts';
import { sampleBytes } from '../sample-graph.ts';
import { CERTIFICATE, FakeRegistry } from './fake-registry.ts';

const LARGE = Buffer.from(sampleBytes(20_000_000, 3));
const SMALL = Buffer.from(sampleBytes(500_000, 4));

/** Counts what is lent. */
class CountingPool extends BatchPool {
  readonly memories = new Set<ArrayBufferLike>();

  override take(): Buffer<ArrayBuffer> {
    const memory = super.take();
    this.memories.add(memory.buffer);
    return memory;
  }
}

for (const tls of [false, true]) {
  suite(`a large body over ${tls ? 'TLS' : 'plain http'}`, () => {
    test('is read into memory that the caller lends and gives back', async () => {
      await using registry = await FakeRegistry.start({ tls });
      using client = createRegistryClient({ ca: [CERTIFICATE] });
      const blob = registry.addBlob(LARGE);
      const buffers = new CountingPool();
      const found: Buffer[] = [];
      for await (const batch of client.repository(`${registry.host}/a`).fetch(blob, { buffers })) {
        for (const chunk of batch) {
          assert.ok(buffers.memories.has(chunk.buffer));
          found.push(Buffer.from(chunk));
          buffers.give(chunk);
        }
      }
      assert.ok(Buffer.concat(found).equals(LARGE));
      // 20 batches passed; what is used again is what was not waiting.
      assert.ok(buffers.memories.size <= 10, `${buffers.memories.size} memories for 20 batches`);
    });

    test('has memory of its own where the caller lends none', async () => {
      await using registry = await FakeRegistry.start({ tls });
      using client = createRegistryClient({ ca: [CERTIFICATE] });
      const batches: Uint8Array[] = [];
      for await (const batch of client.repository(`${registry.host}/a`).fetch(registry.addBlob(LARGE))) batches.push(...batch);
      assert.ok(Buffer.concat(batches).equals(LARGE));
    });

    test('can be left in the middle, and the next one read', async () => {
      await using registry = await FakeRegistry.start({ tls });
      using client = createRegistryClient({ ca: [CERTIFICATE] });
      const repository = client.repository(`${registry.host}/a`);
      const blob = registry.addBlob(LARGE);
      for await (const batch of repository.fetch(blob)) {
        assert.ok(batch.length > 0);
        break;
      }
      assert.ok((await collect(repository.fetch(blob))).equals(LARGE));
      assert.ok((await collect(repository.fetch(registry.addBlob(SMALL)))).equals(SMALL));
    });
  });
}

/** Answers every GET of a blob with `answer` as it is, written in `pieces`; the ping with 200. Counts connections. */
async function rawServer(answer: Buffer, pieces: number) {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.on('data', (request) => {
      // Neither TLS's greeting nor anything else that is no request gets an HTTP answer with a body.
      if (!request.toString('latin1').startsWith('GET ')) return socket.end('HTTP/1.1 400 no\r\nContent-Length: 0\r\n\r\n');
      if (!request.toString('latin1').includes('/blobs/')) return socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      const length = Math.ceil(answer.length / pieces);
      for (let at = 0; at < answer.length; at += length) socket.write(answer.subarray(at, at + length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

test('bytes behind the announced end harm neither the content nor what comes next', async () => {
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`);
  await using server = await rawServer(Buffer.concat([head, LARGE, Buffer.alloc(300_000, 'x')]), 7);
  using client = createRegistryClient({ retry: { attempts: 1 } });
  const blob = { mediaType: 'application/octet-stream', digest: digestOf(LARGE), size: LARGE.length };
  const repository = client.repository(`${server.host}/a`);
  assert.ok((await collect(repository.fetch(blob))).equals(LARGE));
  assert.ok((await collect(repository.fetch(blob))).equals(LARGE));
});

test('a large body in chunked encoding goes through the parser', async () => {
  const piece = LARGE.subarray(0, 4_000_000);
  const chunked = [
    Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n0\r\n\r\n'),
  ];
  await using server = await rawServer(Buffer.concat(chunked), 3);
  using client = createRegistryClient({});
  const blob = { mediaType: 'application/octet-stream', digest: digestOf(piece), size: piece.length };
  assert.ok((await collect(client.repository(`${server.host}/a`).fetch(blob))).equals(piece));
});
