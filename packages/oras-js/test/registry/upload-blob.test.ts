import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { type Content, contentOf, createRegistryClient, MediaType, OrasError } from 'oras-js';
import { sampleBytes, sampleContent } from '../sample-graph.ts';
import { answer, CERTIFICATE, FakeRegistry } from './fake-registry.ts';

const { descriptor, bytes } = sampleContent(MediaType.ociLayerGzip, sampleBytes(8_000_000, 9));
const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };

function inBatches(): Content {
  return (async function* () {
    for (let at = 0; at < bytes.length; at += 1_048_576) yield [bytes.subarray(at, at + 1_048_576)];
  })();
}

suite('uploadBlob', () => {
  for (const status of [405, 415, 501, 400]) {
    test(`takes POST and one PUT where PATCH is refused with ${status}`, async () => {
      await using registry = await FakeRegistry.start();
      using client = createRegistryClient(QUICK);
      registry.fault = ({ request, response }) => {
        if (request.method !== 'PATCH') return false;
        request.resume().on('end', () => answer(response, status, { errors: [{ code: 'UNSUPPORTED', message: 'no PATCH' }] }));
        return true;
      };
      await client.repository(`${registry.host}/a`).push(descriptor, inBatches);
      const methods = registry.log.slice(2).map(({ method }) => method);
      assert.deepEqual(methods, ['POST', 'PATCH', 'POST', 'PUT', 'HEAD']);
      assert.ok(registry.blobs.has(descriptor.digest));
    });
  }

  test('begins with a new POST, and the body from its start, when the connection breaks', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    let broken = 0;
    registry.fault = ({ request }) => {
      if (request.method !== 'PATCH' || broken === 1) return false;
      broken += 1;
      request.once('data', () => request.socket.resetAndDestroy());
      return true;
    };
    let opened = 0;
    await client.repository(`${registry.host}/a`).push(descriptor, () => {
      opened += 1;
      return inBatches();
    });
    assert.equal(broken, 1);
    assert.equal(opened, 2);
    const methods = registry.log.slice(2).map(({ method }) => method);
    assert.deepEqual(methods, ['POST', 'PATCH', 'HEAD', 'POST', 'PATCH', 'PUT', 'HEAD']);
  });

  test('begins anew when the session is lost before the commit', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    let lost = 0;
    registry.fault = ({ request, response }) => {
      if (request.method !== 'PUT' || lost === 1) return false;
      lost += 1;
      answer(response, 404, { errors: [{ code: 'BLOB_UPLOAD_UNKNOWN', message: 'blob upload unknown to registry' }] });
      return true;
    };
    await client.repository(`${registry.host}/a`).push(descriptor, inBatches);
    assert.ok(registry.blobs.has(descriptor.digest));
  });

  test('uploads nothing again when only the answer to the commit was lost', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    registry.fault = ({ request }) => {
      if (request.method !== 'PUT') return false;
      registry.blobs.set(descriptor.digest, Buffer.from(bytes));
      request.socket.resetAndDestroy();
      return true;
    };
    await client.repository(`${registry.host}/a`).push(descriptor, inBatches);
    assert.equal(registry.log.filter(({ method }) => method === 'PATCH').length, 1);
  });

  test('keeps scheme and port of the registry whose Location names http and no port, and its query', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    using client = createRegistryClient({ ca: [CERTIFICATE] });
    const targets: string[] = [];
    registry.fault = ({ request, response }) => {
      targets.push(request.url ?? '');
      if (request.method === 'POST') {
        response.writeHead(202, { Location: 'http://127.0.0.1/v2/a/blobs/uploads/1?_state=a%2Fb%3d%3D&x=+' }).end();
      } else if (request.method === 'PATCH') {
        request.resume().on('end', () => response.writeHead(202).end());
      } else {
        const isThere = targets.some((target) => target.includes('digest='));
        response.writeHead(request.method === 'PUT' ? 201 : request.method === 'HEAD' && !isThere ? 404 : 200).end();
      }
      return true;
    };
    await client.repository(`${registry.host}/a`).push(descriptor, inBatches);
    assert.deepEqual(targets.slice(-3, -1), [
      '/v2/a/blobs/uploads/1?_state=a%2Fb%3d%3D&x=+',
      `/v2/a/blobs/uploads/1?_state=a%2Fb%3d%3D&x=+&digest=${encodeURIComponent(descriptor.digest)}`,
    ]);
  });

  test('refuses a success that comes before the whole body, when the blob is not there', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient({ retry: { ...QUICK.retry, attempts: 2 } });
    registry.fault = ({ request, response }) => {
      if (request.method === 'GET' || request.method === 'POST') return false;
      if (request.method === 'HEAD') response.writeHead(404).end();
      else response.writeHead(201).end();
      return true;
    };
    await assert.rejects(client.repository(`${registry.host}/a`).push(descriptor, inBatches), OrasError);
  });

  test('believes no 200 to the commit without asking for the blob', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient({ retry: { ...QUICK.retry, attempts: 2 } });
    registry.fault = ({ request, response }) => {
      if (request.method !== 'PUT') return false;
      response.writeHead(200).end();
      return true;
    };
    await assert.rejects(client.repository(`${registry.host}/a`).push(descriptor, inBatches), { code: 'INVALID_RESPONSE' });
  });

  test('passes on what the source of the body fails with, and does not ask it again', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    let opened = 0;
    const failing = async function* (): Content {
      opened += 1;
      yield [bytes.subarray(0, 2_000_000)];
      throw new OrasError('DIGEST_MISMATCH', 'the source is damaged', { side: 'source' });
    };
    await assert.rejects(client.repository(`${registry.host}/a`).push(descriptor, failing), {
      code: 'DIGEST_MISMATCH',
      side: 'source',
    });
    assert.equal(opened, 1);
  });

  for (const status of [413, 403]) {
    test(`reads a ${status} that comes with the first bytes and closes the connection`, async () => {
      await using server = await earlyAnswer(status);
      using client = createRegistryClient(QUICK);
      const failure = await client
        .repository(`127.0.0.1:${server.port}/a`)
        .push(descriptor, inBatches)
        .then(
          () => undefined,
          (error: OrasError) => error,
        );
      assert.equal(failure?.status, status);
      assert.match(failure?.message ?? '', /too much/);
      assert.equal(server.patches, 1);
    });
  }

  test('is stopped at once by its signal, and stops its source', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    const controller = new AbortController();
    registry.fault = ({ request }) => {
      if (request.method !== 'PATCH') return false;
      setTimeout(() => controller.abort(), 20); // and never reads
      return true;
    };
    let returned = false;
    const endless = async function* (): Content {
      try {
        yield* inBatches();
      } finally {
        returned = true;
      }
    };
    const startMs = performance.now();
    const large = { ...descriptor, size: 100_000_000 };
    await assert.rejects(client.repository(`${registry.host}/a`).push(large, endless, { signal: controller.signal }), {
      code: 'ABORTED',
    });
    assert.ok(performance.now() - startMs < 2_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(returned);
  });

  test('sends an empty blob without PATCH', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    const empty = sampleContent(MediaType.ociLayerGzip, new Uint8Array());
    await client.repository(`${registry.host}/a`).push(empty.descriptor, contentOf(empty.bytes));
    assert.deepEqual(
      registry.log.slice(2).map(({ method }) => method),
      ['POST', 'PUT'],
    );
  });
});

/**
 * A proxy with a limit, as nginx: it reads the head of a PATCH, answers, and closes with the body unread, which resets the
 * connection under whoever goes on writing.
 */
async function earlyAnswer(status: number) {
  let patches = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const head = data.toString('latin1');
      if (head.startsWith('PATCH')) {
        patches += 1;
        const body = '<html><title>too much</title></html>';
        socket.pause();
        socket.end(
          `HTTP/1.1 ${status} No\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        );
        setTimeout(() => socket.destroy(), 10);
      } else if (head.startsWith('POST')) {
        socket.write('HTTP/1.1 202 Accepted\r\nLocation: /upload\r\nContent-Length: 0\r\n\r\n');
      } else if (head.startsWith('HEAD')) {
        socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      } else {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    get patches() {
      return patches;
    },
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
