import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { createRegistryClient, OrasError } from 'oras-js';
import { startConnectProxy } from '../../../../test/fixtures/connect-proxy.ts';
import { connectionError } from '../../src/registry/connection-error.ts';
import { CERTIFICATE, FakeRegistry } from './fake-registry.ts';

/** Tunnels to the same port here, whatever the name, and wants Basic. */
function startProxy() {
  const basic = `Basic ${Buffer.from('p:q').toString('base64')}`;
  return startConnectProxy(({ port }, { headers }) =>
    headers['proxy-authorization'] === basic ? port : '407 Proxy Authentication Required',
  );
}

/** All that could be printed of an error. */
function printed(error: unknown): string {
  return error instanceof Error ? `${inspect(error)} ${printed(error.cause)}` : String(error);
}

suite('proxies', () => {
  test('a registry is reached through HTTPS_PROXY, with its password, and NO_PROXY and loopback are not', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    await using proxy = await startProxy();
    using client = createRegistryClient({ ca: [CERTIFICATE], env: { HTTPS_PROXY: `http://p:q@127.0.0.1:${proxy.port}` } });
    const blob = registry.addBlob(Buffer.from('x'));
    assert.equal(await client.repository(`registry.test:${registry.port}/a`).exists(blob), true);
    assert.deepEqual(proxy.connects, [`registry.test:${registry.port}`]);
    await client.ping(registry.host);
    assert.equal(proxy.connects.length, 1);
  });

  test('a proxy that refuses is no registry that refuses', async () => {
    await using proxy = await startProxy();
    const env = { HTTPS_PROXY: `http://p:wrong@127.0.0.1:${proxy.port}` };
    using client = createRegistryClient({ env, retry: { attempts: 1 } });
    await assert.rejects(client.ping('registry.test'), (error: { code: string; message: string }) => {
      assert.equal(error.code, 'CONNECTION_FAILED');
      assert.match(error.message, /407|[Pp]roxy/);
      assert.doesNotMatch(printed(error), /wrong/);
      return true;
    });
  });

  for (const value of [
    'http://me:s3cret@ho st:1',
    'http://me:s3cret/x@proxy:1',
    'http://me:1/s3cret@proxy:1',
    'http://me:1#s3cret@proxy:1',
    'http://me:s3cret@proxy:99999',
    'http://me:s3cret%zz@proxy:1',
    'http://me:s3cret\n@proxy:1',
    'me:s3cret@pro xy:3128',
    'socks5://me:s3cret@proxy:1080',
  ]) {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) {
      test(`${name}=${JSON.stringify(value)} is refused, and not shown`, async () => {
        using client = createRegistryClient({ env: { [name]: value }, retry: { attempts: 1 } });
        await assert.rejects(client.ping('registry.test'), (error: unknown) => {
          assert.ok(error instanceof OrasError);
          assert.equal(error.code, value.startsWith('socks') ? 'UNSUPPORTED' : 'CONNECTION_FAILED');
          assert.match(error.message, new RegExp(`^${name} `));
          assert.ok(error.remedy);
          assert.doesNotMatch(printed(error), /s3cret/);
          return true;
        });
      });
    }
  }

  test('a proxy may be named without its scheme, as for other programs', async () => {
    await using registry = await FakeRegistry.start({ tls: true });
    await using proxy = await startProxy();
    using client = createRegistryClient({ ca: [CERTIFICATE], env: { HTTPS_PROXY: ` p:q@127.0.0.1:${proxy.port}\n` } });
    await client.ping(`registry.test:${registry.port}`);
    assert.deepEqual(proxy.connects, [`registry.test:${registry.port}`]);
  });

  test("passwords in Node's own messages and their causes are not shown", () => {
    const url = new URL('https://registry.test/');
    const invalid = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'http://me:s3cret@' });
    const nested = new Error('outer', { cause: new Error('via http://me:s3cret@proxy:1/', { cause: invalid }) });
    for (const error of [new Error('Invalid proxy URL: http://me:s3cret@x@h o:1'), nested, invalid, '//me:s3cret@h']) {
      assert.doesNotMatch(printed(connectionError(error, url, false)), /s3cret/);
    }
    const harmless = new Error('connect ECONNREFUSED 127.0.0.1:1');
    assert.equal(connectionError(harmless, url, false).cause, harmless);
  });
});
