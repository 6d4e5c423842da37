import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { errorOf, RegistryRig } from './registry-rig.ts';

suite('listings', () => {
  let rig: RegistryRig;
  const tags = ['1.10', '1.2', 'Latest', 'a', 'latest'];
  before(async () => {
    rig = await RegistryRig.start();
    for (const tag of [...tags].reverse()) await rig.pushImage('zenml', tag);
    await rig.pushImage('zenml/api', '1');
    await rig.pushImage('charts/zenml', '1');
  });
  after(() => rig[Symbol.asyncDispose]());
  const get = async (path: string) => {
    const response = await rig.send('GET', path);
    return { body: await response.json(), link: response.headers.get('link') };
  };

  test('have all tags in the order of their bytes', async () => {
    assert.deepEqual(await get('/v2/zenml/tags/list'), { body: { name: 'zenml', tags }, link: null });
  });

  test('have pages that lead to each other and end', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/v2/zenml/tags/list?n=2';
    for (let pages = 0; path !== undefined && pages < 5; pages += 1) {
      const { body, link } = await get(path);
      assert.ok((body as { tags: string[] }).tags.length <= 2);
      seen.push(...(body as { tags: string[] }).tags);
      path = /^<(.+)>; rel="next"$/.exec(link ?? '')?.[1];
    }
    assert.equal(path, undefined);
    assert.deepEqual(seen, tags);
  });

  test('begin after any text, have no entries for n=0, and refuse an n that is no number', async () => {
    assert.deepEqual((await get('/v2/zenml/tags/list?last=1.9')).body, { name: 'zenml', tags: ['Latest', 'a', 'latest'] });
    assert.deepEqual(await get('/v2/zenml/tags/list?n=0'), { body: { name: 'zenml', tags: [] }, link: null });
    assert.equal((await errorOf(await rig.send('GET', '/v2/zenml/tags/list?n=-1'))).status, 400);
  });

  test('have every repository once, those below others too', async () => {
    assert.deepEqual((await get('/v2/_catalog')).body, { repositories: ['charts/zenml', 'zenml', 'zenml/api'] });
    const { body, link } = await get('/v2/_catalog?n=1');
    assert.deepEqual(body, { repositories: ['charts/zenml'] });
    assert.equal(link, '</v2/_catalog?n=1&last=charts%2Fzenml>; rel="next"');
  });

  test('do not know a repository that is not there', async () => {
    const { status, code } = await errorOf(await rig.send('GET', '/v2/nothing/tags/list'));
    assert.deepEqual({ status, code }, { status: 404, code: 'NAME_UNKNOWN' });
  });
});
