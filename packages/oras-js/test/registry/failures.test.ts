import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import {
  createRegistryClient,
  digestOf,
  hostCredentials,
  isContentMissing,
  MediaType,
  OrasError,
  type RegistryEvent,
} from 'oras-js';
import { connectionError } from '../../src/registry/connection-error.ts';
import { contactRegistry } from '../../src/registry/contact.ts';
import { DEFAULT_TIMEOUTS } from '../../src/registry/send-request.ts';
import { answer, CERTIFICATE, FakeRegistry } from './fake-registry.ts';

const QUICK = { retry: { minDelayMs: 1, maxDelayMs: 5 } };
const MANIFEST = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] }));
const INDEX = { mediaType: MediaType.ociIndex, digest: digestOf(MANIFEST), size: MANIFEST.length };
const INDEX_AS_BLOB = { ...INDEX, mediaType: MediaType.ociLayerGzip };

async function failureOf(work: Promise<unknown>): Promise<OrasError> {
  return work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => (error instanceof OrasError ? error : assert.fail(String(error))),
  );
}

/** What pushing a manifest with a tag fails with when the registry answers so. */
async function putFailure(status: number, body: unknown): Promise<OrasError> {
  await using registry = await FakeRegistry.start();
  using client = createRegistryClient({ retry: { ...QUICK.retry, attempts: 2 } });
  registry.fault = ({ request, response }) => {
    if (request.method !== 'PUT') return false;
    if (typeof body === 'string') response.writeHead(status).end(body);
    else answer(response, status, body);
    return true;
  };
  const repository = client.repository(`${registry.host}/zenml/api`);
  return await failureOf(repository.tagManifest(INDEX, MANIFEST, '1.0'));
}

const entry = (code: string, message: string) => ({ errors: [{ code, message }] });

suite('what goes wrong with a registry', () => {
  test('a port where nothing listens is named, at once', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    using client = createRegistryClient();
    const startMs = performance.now();
    const error = await failureOf(client.ping(`127.0.0.1:${port}`));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.equal(error.message, `127.0.0.1:${port}: connection refused`);
    assert.ok(error.remedy);
    assert.ok(performance.now() - startMs < 1_000);
  });

  test('what is waited for is told while a registry does not answer, also before it is known whether it speaks TLS', async () => {
    await using registry = await FakeRegistry.start();
    const told: RegistryEvent[] = [];
    const heard = Promise.withResolvers<void>();
    using client = createRegistryClient({
      timeouts: { unansweredMs: 20 },
      onEvent: (event) => {
        // A slow machine may have the probe for TLS told first.
        if (event.type !== 'unanswered' || event.path === '') return;
        told.push(event);
        heard.resolve();
      },
    });
    registry.fault = () => heard.promise.then(() => false);
    await client.ping(registry.host);
    assert.deepEqual(told, [{ type: 'unanswered', host: registry.host, method: 'GET', path: '/v2/', waitedMs: 20 }]);

    const silent = net.createServer((socket) => void silenced.promise.then(() => socket.destroy())).listen(0, '127.0.0.1');
    const silenced = Promise.withResolvers<void>();
    await new Promise((resolve) => silent.once('listening', resolve));
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const onEvent = (event: RegistryEvent): void => {
      if (event.type !== 'unanswered') return;
      told.push(event);
      silenced.resolve();
    };
    using patient = createRegistryClient({ timeouts: { unansweredMs: 20 }, retry: { attempts: 1 }, onEvent });
    await failureOf(patient.ping(host));
    silent.close();
    assert.deepEqual(told[1], { type: 'unanswered', host, method: '', path: '', waitedMs: 20 });
  });

  test('a storage’s 401 is final, and its challenge is not followed', async () => {
    await using registry = await FakeRegistry.start();
    await using storage = await FakeRegistry.start();
    const challenge = `Bearer realm="${storage.origin}/token",service="storage"`;
    storage.fault = ({ response }) => {
      answer(response, 401, {}, { 'WWW-Authenticate': challenge });
      return true;
    };
    registry.fault = ({ response, url }) => {
      if (!url.pathname.includes('/blobs/')) return false;
      response.writeHead(307, { Location: `${storage.origin}/blob` }).end();
      return true;
    };
    const credentials = hostCredentials({ hosts: [registry.host], username: 'me', password: 's3cret', source: 'the test' });
    using client = createRegistryClient({ ...QUICK, credentials });
    const error = await failureOf(Array.fromAsync(client.repository(`${registry.host}/zenml/api`).fetch(INDEX_AS_BLOB)));
    assert.match(error.message, new RegExp(`401 \\{\\} \\(at ${storage.host}, where the registry redirects to\\)`));
    assert.deepEqual(storage.asked, ['GET /blob 401']);
  });

  test('a 401 without a challenge is not blamed on the password, which was never sent', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response }) => {
      answer(response, 401, {});
      return true;
    };
    const credentials = hostCredentials({ hosts: [registry.host], username: 'me', password: 's3cret', source: 'the test' });
    using client = createRegistryClient({ ...QUICK, credentials });
    const error = await failureOf(client.repository(`${registry.host}/zenml/api`).resolve('1.0'));
    assert.equal(error.code, 'UNAUTHORIZED');
    assert.match(error.message, /the registry offers no way to sign in, so the account from the test was not used/);
    assert.match(error.remedy ?? '', /WWW-Authenticate/);
    assert.ok(registry.log.every(({ headers }) => headers.authorization === undefined));
  });

  test('a pause that is too long to be waited for is told', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response }) => {
      answer(response, 429, {}, { 'Retry-After': '3600' });
      return true;
    };
    using client = createRegistryClient(QUICK);
    const error = await failureOf(client.ping(registry.host));
    assert.equal(error.code, 'RATE_LIMITED');
    assert.match(error.message, /the registry answered 429 \{\}; it asks to wait 60 min$/);
  });

  test('a 403 to a read says that pushing needs reading; an answer without a type says so', async () => {
    await using registry = await FakeRegistry.start();
    registry.fault = ({ response, url }) => {
      if (url.pathname === '/v2/') return false;
      if (url.pathname.includes('/tags/')) answer(response, 403, entry('DENIED', 'no'));
      else response.writeHead(200).end('garbage');
      return true;
    };
    using client = createRegistryClient(QUICK);
    const repository = client.repository(`${registry.host}/zenml/api`);
    const denied = await failureOf(Array.fromAsync(repository.tags()));
    assert.equal(denied.code, 'DENIED');
    assert.match(denied.remedy ?? '', /may not read here \(pushing needs that, too\)/);
    const garbage = await failureOf(repository.resolve('1.0'));
    assert.match(garbage.message, /the answer is no manifest \(it states no type\)$/);
  });

  test('a certificate that nobody vouches for is refused, and --ca-file is the remedy', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    using client = createRegistryClient();
    const error = await failureOf(client.ping(registry.host));
    assert.equal(error.code, 'CERTIFICATE_UNTRUSTED');
    assert.match(error.remedy ?? '', /--ca-file/);
    assert.equal(registry.log.length, 0);
    using trusting = createRegistryClient({ ca: [CERTIFICATE] });
    await trusting.ping(registry.host);
  });

  test('a certificate of another host is refused, although its authority is trusted', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    using client = createRegistryClient({ ca: [CERTIFICATE] });
    const error = await failureOf(client.ping(`127.0.0.2:${registry.port}`));
    // 127.0.0.2 reaches a server on 127.0.0.1 only where it listens on all addresses: either way nothing is trusted.
    assert.ok(error.code === 'CERTIFICATE_UNTRUSTED' || error.code === 'CONNECTION_FAILED', error.code);
  });

  test('an authority that is no PEM is told so', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    using client = createRegistryClient({ ca: ['not a certificate'] });
    const error = await failureOf(client.ping(registry.host));
    assert.equal(error.code, 'CERTIFICATE_UNTRUSTED');
    assert.match(error.message, /not a PEM certificate/);
  });

  test('a host whose name does not resolve is told so', async () => {
    using client = createRegistryClient({ retry: { ...QUICK.retry, attempts: 1 } });
    const error = await failureOf(client.ping('registry.invalid'));
    assert.equal(error.code, 'CONNECTION_FAILED');
    assert.match(error.message, /registry\.invalid:443: the host's name cannot be resolved/);
  });

  for (const [what, status, body, code, remedy] of [
    ['an immutable tag at Harbor', 412, entry('PRECONDITION', "due to 'a:1' configured as immutable."), 'TAG_IMMUTABLE', /path/],
    [
      'an immutable tag at ECR',
      400,
      entry('TAG_INVALID', 'cannot be overwritten because it is immutable'),
      'TAG_IMMUTABLE',
      /path/,
    ],
    ['an immutable tag at Quay', 409, entry('TAG_IMMUTABLE', 'tag'), 'TAG_IMMUTABLE', /path/],
    ['a full quota', 403, entry('DENIED', 'adding 4.9 KiB of storage resource will exceed'), 'DENIED', /quota/],
    ['read-only mode', 403, entry('DENIED', 'The system is in read only mode.'), 'DENIED', /read-only/],
    ['a read-only registry in plain text', 405, 'method not allowed', 'DENIED', /read-only/],
    ['a missing permission', 403, entry('DENIED', 'requested access to the resource is denied'), 'DENIED', /permission/],
    ['a missing project at Harbor', 401, entry('UNAUTHORIZED', 'project nope not found: x'), 'NOT_FOUND', /Create the project/],
    ['nginx’s limit', 413, '<html><title>413 Request Entity Too Large</title></html>', 'TOO_LARGE', /client_max_body_size/],
  ] as const) {
    test(`${what} is told as ${code}`, async () => {
      const error = await putFailure(status, body);
      assert.equal(error.code, code);
      assert.match(error.remedy ?? '', remedy);
      assert.match(error.message, /^127\.0\.0\.1:\d+\/zenml\/api: cannot push manifest 1\.0: /);
    });
  }

  test('a manifest that a policy withholds is neither absent nor there', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    registry.fault = ({ response, url }) => {
      if (url.pathname === '/v2/') return false;
      answer(response, 412, entry('PROJECTPOLICYVIOLATION', 'The image is not signed by cosign.'));
      return true;
    };
    const repository = client.repository(`${registry.host}/a`);
    assert.equal((await failureOf(repository.exists(INDEX))).code, 'WITHHELD');
    const error = await failureOf(repository.resolve('1.0'));
    assert.equal(error.code, 'WITHHELD');
    assert.match(error.message, /not signed by cosign/);
  });

  test('content that a manifest lacks at the registry is told apart, and a 500 with it is not retried', async () => {
    const error = await putFailure(500, entry('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'));
    assert.ok(isContentMissing(error));
    assert.ok(!isContentMissing(await putFailure(403, entry('DENIED', 'no'))));
  });

  test('hostile text is escaped and cut', async () => {
    const error = await putFailure(400, entry('EVIL\u001b[2J', `\u202e${'x'.repeat(10_000)}`));
    assert.ok(!error.message.includes('\u001b') && !error.message.includes('\u202e'));
    assert.ok(error.message.length < 600);
  });

  test('500, 502 and 503 heal, and 400 does not', async () => {
    for (const [status, expected] of [
      [502, 3],
      [503, 3],
      [500, 3],
      [400, 1],
    ]) {
      await using registry = await FakeRegistry.start();
      using client = createRegistryClient(QUICK);
      const { digest } = registry.addBlob(Buffer.from('x'));
      let asked = 0;
      registry.fault = ({ response, request }) => {
        if (request.method !== 'HEAD') return false;
        asked += 1;
        if (asked > 2) return false;
        response.writeHead(status ?? 0).end();
        return true;
      };
      const blob = { mediaType: 'x/y', digest, size: 1 };
      await client
        .repository(`${registry.host}/a`)
        .exists(blob)
        .catch(() => {});
      assert.equal(asked, expected, `attempts after ${status}`);
    }
  });

  test('Retry-After is honoured by all requests to the host, and an hour of it is not', async () => {
    await using registry = await FakeRegistry.start();
    const events: RegistryEvent[] = [];
    using client = createRegistryClient({ ...QUICK, onEvent: (event) => events.push(event) });
    const blob = registry.addBlob(Buffer.from('x'));
    const repository = client.repository(`${registry.host}/a`);
    await repository.exists(blob);
    let limited = false;
    let retryAfter = '1';
    registry.fault = ({ response }) => {
      if (limited) return false;
      limited = true;
      answer(response, 429, entry('TOOMANYREQUESTS', 'slow down'), { 'Retry-After': retryAfter });
      return true;
    };
    const startMs = performance.now();
    assert.equal(await repository.exists(blob), true);
    assert.ok(performance.now() - startMs >= 950);
    assert.ok(events.some((event) => event.type === 'wait' && event.delayMs === 1_000));
    limited = false;
    retryAfter = '3600';
    const error = await failureOf(repository.resolve('1.0'));
    assert.equal(error.code, 'RATE_LIMITED');
    assert.match(error.message, /slow down/);
  });

  test('an endless body of an error is cut', async () => {
    await using registry = await FakeRegistry.start();
    using client = createRegistryClient(QUICK);
    registry.fault = ({ response, url }) => {
      if (url.pathname === '/v2/') return false;
      response.writeHead(400, { 'Content-Type': 'text/plain' });
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
      return true;
    };
    assert.equal((await failureOf(client.repository(`${registry.host}/a`).resolve('1'))).status, 400);
  });

  test('redirects in circles end, and none leads from https to http where a tag is read', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    using client = createRegistryClient({ ca: [CERTIFICATE] });
    let to = '/v2/again';
    registry.fault = ({ response, url }) => {
      if (url.pathname === '/v2/') return false;
      response.writeHead(307, { Location: to }).end();
      return true;
    };
    const repository = client.repository(`${registry.host}/a`);
    assert.equal((await failureOf(repository.resolve('1.0'))).code, 'INVALID_RESPONSE');
    assert.equal(registry.asked.length, 11);
    await using plain = await FakeRegistry.start();
    to = `${plain.origin}/v2/a/manifests/1.0`;
    assert.equal((await failureOf(repository.resolve('1.0'))).code, 'INVALID_RESPONSE');
    assert.equal(plain.log.length, 0);
  });

  test('a registry elsewhere than on loopback is spoken to by https, and what speaks none is told with --plain-http', async () => {
    // Nothing is sent: only this machine may be.
    const asked: string[] = [];
    const send = ({ url }: { readonly url: URL }): Promise<never> => {
      asked.push(url.href);
      return Promise.reject(Object.assign(new Error('wrong version number'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }));
    };
    const signal = new AbortController().signal;
    const failure: unknown = await contactRegistry('registry.example:5000', {
      plainHttp: false,
      timeouts: DEFAULT_TIMEOUTS,
      send,
      onEvent: () => {},
      signal,
    }).catch((error: unknown) => error);
    assert.deepEqual(asked, ['https://registry.example:5000/v2/']);
    const { code, remedy } = connectionError(failure, new URL(asked[0] ?? ''), false);
    assert.equal(code, 'CONNECTION_FAILED');
    assert.match(remedy ?? '', /--plain-http/);
  });
});
