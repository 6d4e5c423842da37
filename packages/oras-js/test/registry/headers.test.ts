import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { OrasError } from 'oras-js';
import { parseContentRange } from '../../src/registry/content-range.ts';
import { parseErrorBody } from '../../src/registry/error-body.ts';
import { nextLink } from '../../src/registry/link-header.ts';
import { redirectLocation, uploadLocation, withParameter } from '../../src/registry/location.ts';
import { retryAfterMs } from '../../src/registry/retry-after.ts';

/** Text that is made of what such headers are made of, and any other. */
function textsOf(...words: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((parts) => parts.join('')),
  );
}

function orInvalid<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    assert.ok(error instanceof OrasError && error.code === 'INVALID_RESPONSE', String(error));
    return undefined;
  }
}

suite('Location', () => {
  const base = new URL('https://harbor.example:8443/v2/a/blobs/uploads/');

  for (const [location, expected] of [
    ['/v2/a/blobs/uploads/1?_state=x%3D', 'https://harbor.example:8443/v2/a/blobs/uploads/1?_state=x%3D'],
    ['http://harbor.example/v2/1', 'https://harbor.example:8443/v2/1'],
    ['http://harbor.example:8080/v2/1', 'https://harbor.example:8443/v2/1'],
    ['https://harbor.example/v2/1', 'https://harbor.example:8443/v2/1'],
    ['https://storage.example/1?sig=a%2fb', 'https://storage.example/1?sig=a%2fb'],
  ]) {
    test(`an upload that goes on at ${location} goes on at ${expected}`, () => {
      assert.equal(uploadLocation(location, base).href, expected);
    });
  }

  test('a redirect to another port of the same host is another origin, to plain http of the same port a mistake', () => {
    assert.equal(redirectLocation('http://harbor.example:9000/x', base).href, 'http://harbor.example:9000/x');
    assert.equal(redirectLocation('http://harbor.example/x', base).href, 'https://harbor.example:8443/x');
  });

  test('any text is an http(s) URL without a password, or INVALID_RESPONSE', () => {
    const texts = textsOf(
      'http',
      'https',
      ':',
      '/',
      '//',
      '@',
      'a',
      '?',
      '#',
      'javascript:',
      'file:',
      '%',
      '[',
      ':99999',
      '\\',
      ' ',
    );
    fc.assert(
      fc.property(texts, (text) => {
        for (const read of [uploadLocation, redirectLocation]) {
          const url = orInvalid(() => read(text, base));
          if (!url) continue;
          assert.match(url.protocol, /^https?:$/);
          assert.equal(url.username + url.password, '');
        }
      }),
      { numRuns: 500 },
    );
    assert.throws(() => uploadLocation(undefined, base), { code: 'INVALID_RESPONSE' });
  });

  test('a parameter is added without touching the rest of the query', () => {
    const fragments = fc.array(fc.constantFrom('a', '=', '&', '%2F', '%2f', '+', '~', '.', '%20'), { maxLength: 12 });
    fc.assert(
      fc.property(fragments, (parts) => {
        const query = parts.join('');
        const url = withParameter(new URL(`https://a/b?${query}`), 'digest', 'sha256:ab');
        assert.equal(url.search, `?${query}${query === '' ? '' : '&'}digest=sha256%3Aab`);
      }),
    );
    assert.equal(withParameter(new URL('https://a/b'), 'digest', 'x').href, 'https://a/b?digest=x');
    assert.equal(withParameter(new URL('https://a/b?digest=&s=%2f'), 'digest', 'x:y').search, '?s=%2f&digest=x%3Ay');
    assert.equal(withParameter(new URL('https://a/b?digest=x:y&s=%2f'), 'digest', 'x:y').search, '?digest=x:y&s=%2f');
  });
});

suite('Link', () => {
  for (const [header, expected] of [
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', '/v2/a/tags/list?n=2&last=b'],
    ['<x>; rel=next', 'x'],
    ['<p>; rel="prev", <n>; rel="next"', 'n'],
    ['<n>; title="a, b; rel=prev"; rel="start next"', 'n'],
    ['<p>; rel="prev"', undefined],
    ['<p>; title="rel=next"', undefined],
    ['rel="next"', undefined],
    [undefined, undefined],
  ]) {
    test(`${header} leads to ${expected}`, () => assert.equal(nextLink(header), expected));
  }

  test('any text gives a target that stands in it, or none', () => {
    const texts = textsOf('<', '>', ';', ',', 'rel', '=', '"', 'next', ' ', '/v2', '\\');
    fc.assert(
      fc.property(texts, (text) => {
        const target = nextLink(text);
        if (target !== undefined) assert.ok(text.includes(`<${target}>`));
      }),
      { numRuns: 500 },
    );
  });

  test('takes linear time', () => {
    const startMs = performance.now();
    for (const text of [
      '<'.repeat(16_000),
      '<>'.repeat(8_000),
      `<a>;${'rel '.repeat(4_000)}`,
      `<a>; rel="${'next'.repeat(4_000)}`,
      `<a>${' ;'.repeat(8_000)}`,
    ]) {
      nextLink(text);
    }
    assert.ok(performance.now() - startMs < 1_000);
  });
});

suite('Content-Range, Retry-After, bodies of errors', () => {
  test('a range is read only if it makes sense', () => {
    assert.deepEqual(parseContentRange('bytes 5-9/10'), { first: 5, last: 9, total: 10 });
    assert.deepEqual(parseContentRange('bytes 5-9/*'), { first: 5, last: 9, total: undefined });
    for (const text of ['bytes 9-5/10', 'bytes 5-10/10', 'bytes */10', 'bytes=5-9/10', '', undefined]) {
      assert.equal(parseContentRange(text), undefined);
    }
    fc.assert(
      fc.property(textsOf('bytes', ' ', '0', '9', '-', '/', '*'), (text) => {
        const range = parseContentRange(text);
        if (range) assert.ok(Number.isSafeInteger(range.first) && range.first <= range.last);
      }),
    );
  });

  test('Retry-After is seconds or a date; anything else is none', () => {
    const nowMs = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(retryAfterMs('5', nowMs), 5_000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', nowMs), 7_000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2025 00:00:07 GMT', nowMs), undefined);
    fc.assert(
      fc.property(textsOf('1', '-', 'e', '9', '.', ' ', 'Thu, ', 'GMT', '2030'), (text) => {
        const delayMs = retryAfterMs(text, nowMs);
        if (delayMs !== undefined) assert.ok(Number.isFinite(delayMs) && delayMs >= 0);
      }),
    );
  });

  test('any body gives entries of short, harmless text', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything().map((errors) => safeJson({ errors: [errors] })),
      fc
        .array(fc.record({ code: fc.anything(), message: fc.anything(), detail: fc.anything() }))
        .map((errors) => safeJson({ errors })),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        for (const { code, message } of parseErrorBody(body)) {
          assert.ok(code.length < 600 && message.length < 2_000);
          assert.ok(![...(code + message)].some((character) => character < ' '));
        }
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(parseErrorBody('<html><title>413 Too\nLarge</title>'), [{ code: '', message: '413 Too Large' }]);
    assert.deepEqual(parseErrorBody('{"errors":[{"code":"DENIED","message":"no","detail":["x"]}]}'), [
      { code: 'DENIED', message: 'no x' },
    ]);
    assert.deepEqual(parseErrorBody('{"details":"incorrect username or password"}'), [
      { code: '', message: 'incorrect username or password' },
    ]);
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
