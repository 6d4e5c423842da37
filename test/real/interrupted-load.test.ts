import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AccessLogEntry, tagsPut } from './rig/access-log.ts';
import { airgapCli } from './rig/airgap-cli.ts';
import { startCountingProxy } from './rig/counting-proxy.ts';
import { startInternalRegistry } from './rig/internal-registry.ts';
import { temporaryFolder } from './rig/run-folder.ts';
import { sharedBundle } from './rig/shared-bundle.ts';
import { tagsOf } from './rig/tags-of.ts';

const KILLED_AFTER_BYTES = 80e6; // of about 90 MB: more than the three largest, which are sent first, so at least one is there

test('a load that was killed is run again and succeeds; in between no tag had appeared', { timeout: 300_000 }, async () => {
  const { tar, publicKey, release } = await sharedBundle();
  await using folder = await temporaryFolder('interrupted-load');
  await using internal = await startInternalRegistry(folder.path);
  await using proxy = await startCountingProxy(internal.registry.port);
  const cli = await airgapCli(join(folder.path, 'home'), [internal.login.password]);
  const prefix = `${proxy.host}/zenml`;
  const load = ['load', tar, '--key', publicKey, '--to', prefix, '--ca-file', internal.authority.caFile];

  const reached = proxy.holdAfter('sent', KILLED_AFTER_BYTES);
  const first = cli.start('zenml-loader', load, { env: internal.env });
  await Promise.race([
    reached,
    first.done.then(({ code, stderr }) => assert.fail(`the load ended before the server had seen its bytes: ${code}\n${stderr}`)),
  ]);
  await first.kill();
  proxy.release();

  const afterKill = await internal.registry.requests();
  assert.deepEqual(tagsPut(afterKill), []);
  for (const reference of Object.keys(release.digests)) {
    const [name = ''] = reference.split(':');
    assert.deepEqual(await tagsOf(internal, `zenml/${name}`), [], name);
  }
  const uploaded = uploads(afterKill);
  assert.ok(uploaded.length > 0, 'nothing was uploaded completely before the kill');

  await cli.mustRun('zenml-loader', load, { env: internal.env });
  for (const reference of Object.keys(release.digests)) {
    const [name = '', tag = ''] = reference.split(':');
    assert.ok((await tagsOf(internal, `zenml/${name}`)).includes(tag), reference);
  }
  const again = uploads((await internal.registry.requests()).slice(afterKill.length)).filter((digest) =>
    uploaded.includes(digest),
  );
  assert.deepEqual(again, [], 'blobs that were there already were uploaded again');
});

/** Digests whose upload was completed; mounts are no uploads. */
function uploads(entries: readonly AccessLogEntry[]): string[] {
  return entries
    .filter(({ method, path, status }) => method === 'PUT' && path.includes('/blobs/uploads/') && status === 201)
    .map(({ path }) => decodeURIComponent(/[?&]digest=([^&]+)/.exec(path)?.[1] ?? ''));
}
